"""One tokeniser with two implementations: NLTK in Python, and core TensorFlow ops in the graph."""

import re
from collections.abc import Iterable
from typing import Any, Protocol

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.characters import Characters
from intent_tf.text.code_points import every_character, re2_class
from intent_tf.text.configured import Configured
from intent_tf.text.first_characters import MAX_CHARACTERS, first_characters
from intent_tf.text.normaliser import Form, Normaliser
from intent_tf.text.social import Social
from intent_tf.text.treebank import Treebank
from intent_tf.text.whitespace import Whitespace
from intent_tf.text.wordpunct import WordPunct

#: The kinds of tokeniser, by name.
KINDS = {
    "wordpunct": WordPunct,
    "characters": Characters,
    "social": Social,
    "treebank": Treebank,
    "whitespace": Whitespace,
}


class TokenRule(Protocol):
    """How one kind of tokeniser cuts normalised texts: in Python, and in the graph."""

    def reference(self, text: str) -> list[str]:
        """Tokens of one text."""
        ...

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokens ``(batch, tokens)`` of texts ``(batch,)``."""
        ...


@keras.saving.register_keras_serializable(package="intent_tf")
class Tokenizer(Configured, keras.layers.Layer):
    """Cut raw texts into the same tokens in NLTK and in the graph, string for string.

    A vocabulary counted with one tokeniser and looked up with another silently loses words. This layer is
    both: ``reference`` explores and counts with NLTK in Python, calling the layer runs in tf.data and in the
    exported model, and for every string, in any script, the two agree.

    Of each text the first characters are normalised (``Normaliser``) and cut by the rule of ``kind``; then
    numbers are replaced and stop words excluded.

    Args:
        kind: How to cut. Default ``"wordpunct"``.

            - ``"wordpunct"``: NLTK's ``WordPunctTokenizer``: runs of word characters, runs of punctuation.
            - ``"characters"``: the same, but each Chinese and Japanese character is a token.
            - ``"social"``: NLTK's ``TweetTokenizer``: links, names, tags, emoji and ``don't`` whole.
            - ``"treebank"``: NLTK's ``NLTKWordTokenizer`` on one sentence: ``do n't``.
            - ``"whitespace"``: what stands between white space, for texts that were tokenised before, such
              as by ``tokenize_offline`` with jieba or a stemmer.
        lower: Whether to lower-case as ``str.lower`` does. Default ``True``. ``"social"`` keeps emoticons.
        normalise: ``"NFKC"`` (the default), ``"NFC"`` or ``None``; see ``Normaliser``.
        numbers: A token to put for each number, such as ``"<number>"``: digits of any script, maybe with a
            sign and ``.``, ``,``, ``:``, ``/`` or ``-`` between them. Default ``None``: numbers stay.
        stop_words: Tokens to leave out, compared after normalisation. They are kept in the layer's
            configuration, so that a model carries the list it was trained with. Default none;
            ``load_stop_words`` has lists.
        strip_handles: Leave out ``@names``; ``"social"`` only. Default ``False``.
        shorten: Cut runs of more than three equal characters to three; ``"social"`` only. Default ``False``.
        max_characters: Characters read of each text, from its start, as it is and normalised, so that
            nobody's text is slow. Default 10,000: more than any review or title has.
        **kwargs: Of ``keras.layers.Layer``, such as ``name``.

    Call arguments:
        texts: Strings in UTF-8, ``(batch,)``; invalid bytes count as U+FFFD.

    Returns:
        ``tf.RaggedTensor`` of strings, ``(batch, tokens)``.

    Raises:
        InputError: If an option is unknown, does not belong to the kind or is not positive, or if texts are
            not ``(batch,)``.

    Example:
        >>> tokenizer = Tokenizer(stop_words=("the",), numbers="<number>")
        >>> tokenizer.reference("The dress FITS size 12!")
        ['dress', 'fits', 'size', '<number>', '!']
        >>> tokenizer(tf.constant(["The dress FITS size 12!", ""])).to_list()
        [[b'dress', b'fits', b'size', b'<number>', b'!'], []]
    """

    def __init__(
        self,
        kind: str = "wordpunct",
        lower: bool = True,
        normalise: Form | None = "NFKC",
        numbers: str | None = None,
        stop_words: str | Iterable[str] = (),
        strip_handles: bool = False,
        shorten: bool = False,
        max_characters: int = MAX_CHARACTERS,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if kind not in KINDS:
            raise InputError(f"unknown tokeniser {kind!r}", expected=" or ".join(map(repr, KINDS)))
        if (strip_handles or shorten) and kind != "social":
            raise InputError(f"strip_handles or shorten for {kind!r}", expected="the kind 'social'")
        if max_characters < 1:
            raise InputError(f"max_characters={max_characters}", expected="at least 1")
        self.kind = kind
        self.lower = lower
        self.normalise = normalise
        self.numbers = numbers
        self.stop_words = as_tuple(stop_words)
        self.strip_handles = strip_handles
        self.shorten = shorten
        self.max_characters = max_characters
        self._rule: Any = Social(lower, strip_handles, shorten) if kind == "social" else KINDS[kind]()
        # Social lower-cases the tokens itself, since emoticons keep their case. But for wordpunct and
        # characters, the rules know no white space but the space.
        self._normaliser = Normaliser(
            normalise,
            lower=lower and kind != "social",
            spaces="rare" if kind in ("wordpunct", "characters") else "all",
        )
        self._stopped = frozenset(map(Normaliser(normalise, lower).reference, self.stop_words))
        self._stop_table = _membership(self._stopped) if self._stopped else None

    def reference(self, text: str) -> list[str]:
        """Tokens of one text in Python: what the graph must equal."""
        rule: TokenRule = self._rule
        normalised = self._normaliser.reference(text[: self.max_characters])
        tokens = rule.reference(normalised[: self.max_characters])
        if self.numbers is not None:
            tokens = [self.numbers if _NUMBER.fullmatch(token) else token for token in tokens]
        if self._stopped:
            tokens = [token for token in tokens if token not in self._stopped]
        return tokens

    def call(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokenise ``(batch,)`` strings to ``(batch, tokens)``."""
        texts = tf.convert_to_tensor(texts, tf.string)
        if texts.shape.rank not in (1, None):
            raise InputError(f"texts of shape {tuple(texts.shape)}", expected="shape (batch,)")
        # Twice, since one character may be normalised to eighteen.
        texts = self._normaliser(first_characters(texts, self.max_characters))
        tokens = self._rule(first_characters(texts, self.max_characters))
        if self.numbers is not None:
            numeric = tf.strings.regex_full_match(tokens.values, _number_pattern())
            tokens = tokens.with_values(tf.where(numeric, self.numbers, tokens.values))
        if self._stop_table is not None:
            kept = self._stop_table.lookup(tokens.values) == 0
            tokens = tf.ragged.boolean_mask(tokens, tokens.with_values(kept))
        return tokens

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {**super().get_config(), "stop_words": list(self.stop_words)}


_NUMBER = re.compile(r"[+-]?\d+(?:[.,:/-]\d+)*")


def _number_pattern() -> str:
    digit = re2_class(ord(char) for char in every_character() if char.isdecimal())
    return _NUMBER.pattern.replace(r"\d", digit)


def _membership(words: Iterable[str]) -> tf.lookup.StaticHashTable:
    """Build a table that gives one for the words and zero for all other strings."""
    keys = tf.constant(sorted(words))
    contents = tf.lookup.KeyValueTensorInitializer(keys, tf.ones_like(keys, tf.int32))
    return tf.lookup.StaticHashTable(contents, default_value=0)
