"""From raw texts to the integers that an embedding takes, in one layer."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text.configured import Configured
from intent_tf.text.ngrams import NGrams
from intent_tf.text.tokenizer import Tokenizer
from intent_tf.text.vocabulary import count_vocabulary


@keras.saving.register_keras_serializable(package="intent_tf")
class TokenIds(Configured, keras.layers.Layer):
    """Turn raw texts into token ids, with a vocabulary counted on the training texts.

    Id 0 is padding, ids 1 to ``oov_buckets`` are tokens out of vocabulary, the others are the vocabulary,
    most frequent token first. The vocabulary is saved with the layer, in ``.keras`` files as well as in
    SavedModels.

    Args:
        tokenizer: Cuts the texts. Default ``Tokenizer()``.
        min_count: How often a token must occur in ``adapt``'s texts to get an id. Default 2.
        max_tokens: The largest vocabulary. Default 20,000 tokens.
        max_tokens_per_text: Tokens kept of each text, from its start. Default 200.
        oov_buckets: Ids among which tokens out of vocabulary are spread by a hash. Default 1: all share id 1.
        **kwargs: Of ``keras.layers.Layer``, such as ``name``.

    Call arguments:
        texts: Strings in UTF-8, ``(batch,)``.

    Returns:
        int32 ``(batch, tokens)``, padded at the end with 0 to the longest text of the batch, at least one
        token wide.

    Raises:
        InputError: If called before ``adapt``.

    Example:
        >>> layer = TokenIds()
        >>> layer.adapt(["good fit", "bad fit", "bad cut"])
        >>> layer.vocabulary
        ('bad', 'fit')
        >>> layer(tf.constant(["Bad, bad!", "fit"])).numpy().tolist()
        [[2, 1, 2, 1], [3, 0, 0, 0]]
    """

    def __init__(
        self,
        tokenizer: Tokenizer | NGrams | None = None,
        min_count: int = 2,
        max_tokens: int = 20_000,
        max_tokens_per_text: int = 200,
        oov_buckets: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, number in (("max_tokens_per_text", max_tokens_per_text), ("oov_buckets", oov_buckets)):
            if number < 1:
                raise InputError(f"{name}={number}", expected="at least 1")
        self.tokenizer = tokenizer or Tokenizer()
        self.min_count = min_count
        self.max_tokens = max_tokens
        self.max_tokens_per_text = max_tokens_per_text
        self.oov_buckets = oov_buckets
        self.vocabulary: tuple[str, ...] = ()
        self._table: Any = None

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, padding and out-of-vocabulary ones included: the ``input_dim`` of an embedding."""
        return 1 + self.oov_buckets + len(self.vocabulary)

    def adapt(self, texts: Iterable[str]) -> None:
        """Count the vocabulary with NLTK.

        Args:
            texts: Training texts only.
        """
        self.set_vocabulary(count_vocabulary(texts, self.tokenizer, self.min_count, self.max_tokens))

    def set_vocabulary(self, tokens: Iterable[str]) -> None:
        """Take a vocabulary that was counted elsewhere.

        Args:
            tokens: Distinct tokens, most frequent first.
        """
        self.vocabulary = tuple(tokens)
        first = 1 + self.oov_buckets
        keys = tf.constant(["", *self.vocabulary])  # no token is empty, but a table must not be
        ids = tf.constant([0, *range(first, first + len(self.vocabulary))])
        contents = tf.lookup.KeyValueTensorInitializer(keys, ids)
        self._table = tf.lookup.StaticHashTable(contents, default_value=1)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Build the tokeniser, which has no weights."""
        self.tokenizer.build(input_shape)

    def call(self, texts: tf.Tensor) -> tf.Tensor:
        """Turn ``(batch,)`` texts into ``(batch, tokens)`` int32 ids."""
        if self._table is None:
            raise InputError(
                f"layer {self.name!r} has no vocabulary", remedy="call adapt() on the training texts first"
            )
        tokens = self.tokenizer(texts)
        padded = tokens.with_values(self._ids(tokens.values)).to_tensor()[:, : self.max_tokens_per_text]
        # An empty batch of tokens would leave pooling layers nothing to take the maximum of.
        return tf.cond(tf.shape(padded)[1] > 0, lambda: padded, lambda: tf.pad(padded, [[0, 0], [0, 1]]))

    def _ids(self, tokens: tf.Tensor) -> tf.Tensor:
        ids = self._table.lookup(tokens)
        if self.oov_buckets == 1:
            return ids
        bucket = 1 + tf.strings.to_hash_bucket_fast(tokens, self.oov_buckets)
        return tf.where(ids == 1, tf.cast(bucket, tf.int32), ids)

    def compute_output_spec(self, texts: keras.KerasTensor) -> keras.KerasTensor:
        """Shape and type of the output, known before there is a vocabulary."""
        return keras.KerasTensor((texts.shape[0], None), dtype="int32")

    def save_assets(self, inner_path: str) -> None:
        """Write the vocabulary into a ``.keras`` file."""
        Path(inner_path, "vocabulary.json").write_text(json.dumps(self.vocabulary), encoding="utf-8")

    def load_assets(self, inner_path: str) -> None:
        """Read the vocabulary from a ``.keras`` file."""
        self.set_vocabulary(json.loads(Path(inner_path, "vocabulary.json").read_text(encoding="utf-8")))
