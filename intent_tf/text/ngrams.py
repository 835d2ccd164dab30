"""Neighbouring words, and pieces of words, as tokens of their own."""

from collections.abc import Iterable
from typing import Any

import keras
import nltk
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured
from intent_tf.text.tokenizer import Tokenizer


@keras.saving.register_keras_serializable(package="intent_tf")
class NGrams(Configured, keras.layers.Layer):
    """Add runs of words and of characters to the tokens of a tokeniser; NLTK's n-grams, in the graph too.

    ``not good`` is the opposite of its second word, and ``fiting`` shares its pieces with ``fitting``.
    The result takes a tokeniser's place in ``TokenIds`` and in ``count_vocabulary``.

    Args:
        tokenizer: Cuts the texts. Default ``Tokenizer()``.
        words: Lengths of the runs of words to give, joined by blanks; 1 is the tokens themselves. Default
            ``(1, 2)``.
        characters: Lengths of the runs of characters to give of each token, which is put between ``<`` and
            ``>`` first. Default none.
        **kwargs: Of ``keras.layers.Layer``, such as ``name``.

    Call arguments:
        texts: Strings in UTF-8, ``(batch,)``.

    Returns:
        ``tf.RaggedTensor`` of strings, ``(batch, tokens)``: the runs of words by length in the order of
        ``words``, then those of characters.

    Raises:
        InputError: If a length is not positive, or there is none.

    Example:
        >>> NGrams(words=(1, 2), characters=(3,)).reference("not ok")
        ['not', 'ok', 'not ok', '<no', 'not', 'ot>', '<ok', 'ok>']

    Reference:
        Bojanowski et al., *Enriching Word Vectors with Subword Information*, TACL 2017.
    """

    def __init__(
        self,
        tokenizer: Tokenizer | None = None,
        words: int | Iterable[int] = (1, 2),
        characters: int | Iterable[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.tokenizer = tokenizer or Tokenizer()
        self.words = as_tuple(words)
        self.characters = as_tuple(characters)
        lengths = self.words + self.characters
        if not lengths or min(lengths) < 1:
            raise InputError(f"lengths of n-grams {lengths}", expected="one or more, each at least 1")

    def reference(self, text: str) -> list[str]:
        """Tokens and n-grams of one text by NLTK in Python: what the graph must equal."""
        tokens = self.tokenizer.reference(text)
        grams = [" ".join(gram) for length in self.words for gram in nltk.ngrams(tokens, length)]
        marked = [f"<{token}>" for token in tokens]
        subwords = (
            "".join(gram)
            for length in self.characters
            for token in marked
            for gram in nltk.ngrams(token, length)
        )
        return [*grams, *subwords]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Build the tokeniser, which has no weights."""
        self.tokenizer.build(input_shape)

    def call(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokenise ``(batch,)`` strings to ``(batch, tokens)``."""
        tokens = self.tokenizer(texts)
        grams = [tokens if length == 1 else tf.strings.ngrams(tokens, length) for length in self.words]
        if self.characters:
            characters = tf.strings.unicode_split(tf.strings.join(["<", tokens.values, ">"]), "UTF-8")
            subwords = (tf.strings.ngrams(characters, length, separator="") for length in self.characters)
            grams += [tokens.with_values(runs).merge_dims(1, 2) for runs in subwords]
        return tf.concat(grams, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {**super().get_config(), "words": list(self.words), "characters": list(self.characters)}
