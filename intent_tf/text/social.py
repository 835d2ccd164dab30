"""NLTK's ``TweetTokenizer`` in the graph: what shoppers write keeps its links, names, tags and emoji."""

import re
from collections.abc import Collection
from functools import cache

import tensorflow as tf
from nltk.tokenize.casual import ENT_RE, TweetTokenizer, _replace_html_entities

from intent_tf.text.code_points import CodePointMap, code_points_matching, re2_class
from intent_tf.text.html_entities import decode_entities
from intent_tf.text.normaliser import Normaliser, rewrite_where
from intent_tf.text.social_cut import cut_code_points
from intent_tf.text.social_pattern import BESIDE, IN_MARKUP, emoticon_pattern, social_pattern

_HANDLE = "(^|[^A-Za-z0-9_!@#$%&*])@(?:[A-Za-z0-9_]{15}([A-Za-z0-9_])|[A-Za-z0-9_]{1,15}([^A-Za-z0-9_@]|$))"


class Social:
    """Links, ``@names``, ``#tags``, emoticons, emoji, phone numbers and words with apostrophes stay whole.

    The text is what NLTK's tokeniser makes of it first: HTML entities decoded, runs of more than three equal
    signs cut to three. Its pattern, which RE2 does not take as it is, runs over ``Shapes``: each character's
    symbol also says whether an ``@`` stands before it and what comes behind, since RE2 does not look around.

    Args:
        lower: Lower-case all tokens but those that hold an emoticon.
        strip_handles: Leave out ``@names``.
        shorten: Cut runs of more than three equal characters, such as ``soooooo``, to three.

    Example:
        >>> Social(lower=True).reference("SOOO cute :D #OOTD @shop don't miss")
        ['sooo', 'cute', ':D', '#ootd', '@shop', "don't", 'miss']
    """

    def __init__(self, lower: bool = True, strip_handles: bool = False, shorten: bool = False) -> None:
        self._strip_handles = strip_handles
        self._shorten = shorten
        self._lower = Normaliser(None, lower=True, spaces="none") if lower else None
        self._plain = _plain(lower, shorten)
        self._nltk = TweetTokenizer(
            preserve_case=not lower, reduce_len=shorten, strip_handles=strip_handles, match_phone_numbers=True
        )

    def reference(self, text: str) -> list[str]:
        """Tokenise one normalised text with NLTK; entities of surrogates count as U+FFFD."""
        return self._nltk.tokenize(ENT_RE.sub(_without_surrogate, text))

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokenise normalised texts ``(batch,)`` whose only white space is the space; ``(batch, tokens)``."""
        entities = tf.strings.regex_full_match(texts, "(?s).*&[^&; ]+;.*")
        texts = tf.cond(tf.reduce_any(entities), lambda: decode_entities(texts), lambda: texts)
        if self._strip_handles:
            # Twice, since two names may share the space between them.
            for _ in range(2):
                texts = tf.strings.regex_replace(texts, _HANDLE, r"\1 \2\3")
        plain, special = (tf.strings.regex_full_match(texts, pattern) for pattern in self._plain)
        # Runs of signs, which are special, would take the ASCII pattern a time that grows with their square.
        others = self._cut_plain(tf.where(plain & ~special, texts, ""))
        return _split(rewrite_where(~plain | special, texts, self._cut_any, otherwise=lambda _: others))

    def _cut_plain(self, texts: tf.Tensor) -> tf.Tensor:
        texts = tf.strings.lower(texts) if self._lower else texts
        marked = tf.strings.regex_replace(texts, _ascii_pattern(), "\\0\n")
        return tf.strings.strip(tf.strings.regex_replace(marked, "\n +", "\n"))

    def _cut_any(self, texts: tf.Tensor) -> tf.Tensor:
        tokens = cut_code_points(self._cut_runs(tf.strings.unicode_decode(texts, "UTF-8")))
        return tf.strings.reduce_join(tokens.with_values(self._lower_case(tokens.values)), -1, separator="\n")

    def _cut_runs(self, texts: tf.RaggedTensor) -> tf.RaggedTensor:
        """Drop the fourth and later of equal characters in a row, if they are no letters, or any if asked."""
        code_points, rows = texts.values, texts.value_rowids()
        fourth = tf.ones_like(code_points, tf.bool)
        for values in (code_points, rows):
            before = tf.pad(values, [[3, 0]], constant_values=-1)
            for back in range(3):
                fourth &= before[back : back + tf.size(values)] == values
        dropped = fourth if self._shorten else fourth & (_letters_and_numbers()(code_points) == 0)
        return tf.ragged.boolean_mask(texts, texts.with_values(~dropped))

    def _lower_case(self, tokens: tf.Tensor) -> tf.Tensor:
        emoticons = tf.strings.regex_full_match(tokens, _holds_emoticon())
        return tf.where(emoticons, tokens, self._lower(tokens)) if self._lower else tokens


def _without_surrogate(entity: re.Match[str]) -> str:
    character = _replace_html_entities(entity.group())
    return "&#xfffd;" if "\ud800" <= character <= "\udfff" else entity.group()


def _split(joined: tf.Tensor) -> tf.RaggedTensor:
    """Split at newlines, which occur within no token; an empty string holds none."""
    filled = joined != ""
    tokens = tf.strings.split(tf.boolean_mask(joined, filled), "\n")
    counts = tf.scatter_nd(tf.where(filled), tokens.row_lengths(), tf.shape(joined, tf.int64))
    return tf.RaggedTensor.from_row_lengths(tokens.values, counts, validate=False)


def _ascii_like(
    pattern: str, flagged: Collection[bool] = (False, True), before: Collection[str] = BESIDE
) -> str:
    """Write the RE2 class of the ASCII characters that a class matches, in a text that `_plain` lets pass."""
    characters = re2_class(code_points_matching(f"(?i){pattern}") & frozenset(range(128)))
    return characters + r"\b" if before == ("other",) else characters


@cache
def _ascii_pattern() -> str:
    return social_pattern(_ascii_like)


@cache
def _plain(lower: bool, shorten: bool) -> tuple[str, str]:
    """Patterns of texts that the ASCII pattern may cut, and of those among them that it may not."""
    cut = [char for char in map(chr, range(128)) if shorten or not char.isalnum()]
    special = [rf"\x{{{ord(char):x}}}{{4}}" for char in cut]
    special.append(f"<{_ascii_like(IN_MARKUP)}*(?:" + _ascii_like(r"\s") + "|$)")
    special += [emoticon_pattern(_ascii_like)] if lower else []
    return r"[\x{0}-\x{9}\x{b}-\x{3f}\x{41}-\x{7f}]*", f"(?s).*(?:{'|'.join(special)}).*"


@cache
def _holds_emoticon() -> str:
    return f"(?s).*{emoticon_pattern(_ascii_like)}.*"


@cache
def _letters_and_numbers() -> CodePointMap:
    return CodePointMap(dict.fromkeys(code_points_matching(r"[\p{L}\p{N}]"), 1))
