"""One tokeniser with two implementations: NLTK in Python, and core TensorFlow ops in the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text.characters import Characters
from intent_tf.text.normaliser import Form, Normaliser
from intent_tf.text.wordpunct import WordPunct


class TokenRule(Protocol):
    """How one kind of tokeniser cuts a normalised text, in Python and in the graph."""

    def reference(self, text: str) -> list[str]:
        """Tokens of one text."""
        ...

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokens ``(batch, tokens)`` of texts ``(batch,)``."""
        ...


KINDS: dict[str, Callable[[], TokenRule]] = {"wordpunct": WordPunct, "characters": Characters}


@keras.saving.register_keras_serializable(package="intent_tf")
class Tokenizer(keras.layers.Layer):
    """Cut raw texts into the same tokens in NLTK and in the graph, string for string.

    A vocabulary counted with one tokeniser and looked up with another silently loses words. This layer is
    both: ``reference`` explores and counts with NLTK in Python, calling the layer runs in tf.data and in the
    exported model, and for every string, in any script, the two agree.

    Texts are normalised (``Normaliser``), cut by the rule of ``kind``, and stripped of stop words.

    Args:
        kind: ``"wordpunct"``: NLTK's ``WordPunctTokenizer``, runs of letters and digits, runs of punctuation;
            ``"characters"``: the same, but each Chinese and Japanese character is a token.
        lower: Whether to lower-case as ``str.lower`` does. Default ``True``.
        normalise: ``"NFKC"`` (the default), ``"NFC"`` or ``None``; see ``Normaliser``.
        stop_words: Tokens to leave out, compared after normalisation. They are kept in the layer's
            configuration, so that a model carries the list it was trained with. Default none;
            ``load_stop_words`` has lists.
        **kwargs: Of ``keras.layers.Layer``, such as ``name``.

    Call arguments:
        texts: Strings in UTF-8, ``(batch,)``; invalid bytes count as U+FFFD.

    Returns:
        ``tf.RaggedTensor`` of strings, ``(batch, tokens)``.

    Raises:
        InputError: If ``kind`` or ``normalise`` is unknown, or texts are not ``(batch,)``.

    Example:
        >>> tokenizer = Tokenizer(stop_words=("the",))
        >>> tokenizer.reference("The dress FITS!")
        ['dress', 'fits', '!']
        >>> tokenizer(tf.constant(["The dress FITS!", ""])).to_list()
        [[b'dress', b'fits', b'!'], []]
    """

    def __init__(
        self,
        kind: str = "wordpunct",
        lower: bool = True,
        normalise: Form | None = "NFKC",
        stop_words: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if kind not in KINDS:
            raise InputError(f"unknown tokeniser {kind!r}", expected=" or ".join(map(repr, KINDS)))
        self.kind = kind
        self.lower = lower
        self.normalise = normalise
        self.stop_words = tuple(stop_words)
        self._normaliser = Normaliser(normalise, lower)
        self._rule = KINDS[kind]()
        self._stopped = frozenset(map(self._normaliser.reference, self.stop_words))
        self._stop_table = _membership(self._stopped) if self._stopped else None

    def reference(self, text: str) -> list[str]:
        """Tokens of one text by NLTK in Python: what the graph must equal."""
        tokens = self._rule.reference(self._normaliser.reference(text))
        return [token for token in tokens if token not in self._stopped] if self._stopped else tokens

    def call(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokenise ``(batch,)`` strings to ``(batch, tokens)``."""
        texts = tf.convert_to_tensor(texts, tf.string)
        if texts.shape.rank not in (1, None):
            raise InputError(f"texts of shape {tuple(texts.shape)}", expected="shape (batch,)")
        tokens = self._rule(self._normaliser(texts))
        if self._stop_table is None:
            return tokens
        return tf.ragged.boolean_mask(tokens, tokens.with_values(self._stop_table.lookup(tokens.values) == 0))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {
            **super().get_config(),
            "kind": self.kind,
            "lower": self.lower,
            "normalise": self.normalise,
            "stop_words": list(self.stop_words),
        }


def _membership(words: Iterable[str]) -> tf.lookup.StaticHashTable:
    """Build a table that gives one for the words and zero for all other strings."""
    keys = tf.constant(sorted(words))
    contents = tf.lookup.KeyValueTensorInitializer(keys, tf.ones_like(keys, tf.int32))
    return tf.lookup.StaticHashTable(contents, default_value=0)
