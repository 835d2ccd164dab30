"""One tokeniser with two implementations: NLTK in Python, and core TensorFlow ops in the graph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol

import keras
import tensorflow as tf
from nltk.stem import SnowballStemmer

from intent_tf.errors import InputError
from intent_tf.text.characters import Characters
from intent_tf.text.code_points import every_character, re2_class
from intent_tf.text.jieba_words import JiebaWords
from intent_tf.text.normaliser import Form, Normaliser
from intent_tf.text.social import Social
from intent_tf.text.treebank import Treebank
from intent_tf.text.wordpunct import WordPunct

#: The kinds of tokeniser, by name.
KINDS = {
    "wordpunct": WordPunct,
    "characters": Characters,
    "social": Social,
    "treebank": Treebank,
    "jieba": JiebaWords,
}


class TokenRule(Protocol):
    """How one kind of tokeniser cuts a normalised text in Python; those with a graph are callable as well."""

    def reference(self, text: str) -> list[str]:
        """Tokens of one text."""
        ...


@keras.saving.register_keras_serializable(package="intent_tf")
class Tokenizer(keras.layers.Layer):
    """Cut raw texts into the same tokens in NLTK and in the graph, string for string.

    A vocabulary counted with one tokeniser and looked up with another silently loses words. This layer is
    both: ``reference`` explores and counts with NLTK in Python, calling the layer runs in tf.data and in the
    exported model, and for every string, in any script, the two agree.

    Texts are normalised (``Normaliser``) and cut by the rule of ``kind``; then numbers are replaced, stop
    words left out and tokens stemmed.

    Args:
        kind: How to cut. Default ``"wordpunct"``.

            - ``"wordpunct"``: NLTK's ``WordPunctTokenizer``: runs of word characters, runs of punctuation.
            - ``"characters"``: the same, but each Chinese and Japanese character is a token.
            - ``"social"``: NLTK's ``TweetTokenizer``: links, names, tags, emoji and ``don't`` whole.
            - ``"treebank"``: NLTK's ``NLTKWordTokenizer`` on one sentence: ``do n't``.
            - ``"jieba"``: Chinese words by jieba's dictionary, in Python only.
        lower: Whether to lower-case as ``str.lower`` does. Default ``True``. ``"social"`` keeps emoticons.
        normalise: ``"NFKC"`` (the default), ``"NFC"`` or ``None``; see ``Normaliser``.
        numbers: A token to put for each number, such as ``"<number>"``: digits of any script, maybe with a
            sign and ``.``, ``,``, ``:``, ``/`` or ``-`` between them. Default ``None``: numbers stay.
        stop_words: Tokens to leave out, compared after normalisation. They are kept in the layer's
            configuration, so that a model carries the list it was trained with. Default none;
            ``load_stop_words`` has lists.
        stem: A language of NLTK's ``SnowballStemmer``, or ``"porter"``, in Python only. Default ``None``.
        strip_handles: Leave out ``@names``; ``"social"`` only. Default ``False``.
        shorten: Cut runs of more than three equal characters to three; ``"social"`` only. Default ``False``.
        **kwargs: Of ``keras.layers.Layer``, such as ``name``.

    Call arguments:
        texts: Strings in UTF-8, ``(batch,)``; invalid bytes count as U+FFFD.

    Returns:
        ``tf.RaggedTensor`` of strings, ``(batch, tokens)``.

    Raises:
        InputError: If an option is unknown or does not belong to the kind, if texts are not ``(batch,)``, or
            if a tokeniser that works in Python only is called.

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
        stop_words: Iterable[str] = (),
        stem: str | None = None,
        strip_handles: bool = False,
        shorten: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if kind not in KINDS:
            raise InputError(f"unknown tokeniser {kind!r}", expected=" or ".join(map(repr, KINDS)))
        if stem not in (None, *SnowballStemmer.languages):
            raise InputError(f"unknown stemmer {stem!r}", expected=" or ".join(SnowballStemmer.languages))
        if (strip_handles or shorten) and kind != "social":
            raise InputError(f"strip_handles or shorten for {kind!r}", expected="the kind 'social'")
        self.kind = kind
        self.lower = lower
        self.normalise = normalise
        self.numbers = numbers
        self.stop_words = tuple(stop_words)
        self.stem = stem
        self.strip_handles = strip_handles
        self.shorten = shorten
        self._rule: Any = Social(lower, strip_handles, shorten) if kind == "social" else KINDS[kind]()
        # Social lower-cases the tokens itself, since emoticons keep their case. It and Treebank know no white
        # space but the space.
        self._normaliser = Normaliser(
            normalise,
            lower=lower and kind != "social",
            spaces="all" if kind in ("social", "treebank") else "rare",
        )
        self._stopped = frozenset(map(Normaliser(normalise, lower).reference, self.stop_words))
        self._stop_table = _membership(self._stopped) if self._stopped else None
        self._stemmer = SnowballStemmer(stem) if stem else None

    @property
    def offline(self) -> bool:
        """Whether the tokeniser works in Python only, so that no graph can hold it."""
        return self.kind == "jieba" or self.stem is not None

    def reference(self, text: str) -> list[str]:
        """Tokens of one text in Python: what the graph must equal."""
        rule: TokenRule = self._rule
        tokens = rule.reference(self._normaliser.reference(text))
        if self.numbers is not None:
            tokens = [self.numbers if _NUMBER.fullmatch(token) else token for token in tokens]
        if self._stopped:
            tokens = [token for token in tokens if token not in self._stopped]
        return list(map(self._stemmer.stem, tokens)) if self._stemmer else tokens

    def call(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokenise ``(batch,)`` strings to ``(batch, tokens)``."""
        self.require_graph()
        texts = tf.convert_to_tensor(texts, tf.string)
        if texts.shape.rank not in (1, None):
            raise InputError(f"texts of shape {tuple(texts.shape)}", expected="shape (batch,)")
        tokens = self._rule(self._normaliser(texts))
        if self.numbers is not None:
            numeric = tf.strings.regex_full_match(tokens.values, _number_pattern())
            tokens = tokens.with_values(tf.where(numeric, self.numbers, tokens.values))
        if self._stop_table is not None:
            kept = self._stop_table.lookup(tokens.values) == 0
            tokens = tf.ragged.boolean_mask(tokens, tokens.with_values(kept))
        return tokens

    def require_graph(self) -> None:
        """Raise ``InputError`` if the tokeniser works in Python only."""
        if self.offline:
            what = f"the {self.stem} stemmer" if self.stem else f"the tokeniser {self.kind!r}"
            raise InputError(
                f"{what} works in Python only, so that no model can take raw text through it",
                remedy="cut the texts with intent_tf.text.cut_offline(), train on the tokens and serve "
                "arrays of tokens, or choose a tokeniser that has a graph",
            )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {
            **super().get_config(),
            "kind": self.kind,
            "lower": self.lower,
            "normalise": self.normalise,
            "numbers": self.numbers,
            "stop_words": list(self.stop_words),
            "stem": self.stem,
            "strip_handles": self.strip_handles,
            "shorten": self.shorten,
        }


_NUMBER = re.compile(r"[+-]?\d+(?:[.,:/-]\d+)*")


def _number_pattern() -> str:
    digit = re2_class(ord(char) for char in every_character() if char.isdecimal())
    return _NUMBER.pattern.replace(r"\d", digit)


def _membership(words: Iterable[str]) -> tf.lookup.StaticHashTable:
    """Build a table that gives one for the words and zero for all other strings."""
    keys = tf.constant(sorted(words))
    contents = tf.lookup.KeyValueTensorInitializer(keys, tf.ones_like(keys, tf.int32))
    return tf.lookup.StaticHashTable(contents, default_value=0)
