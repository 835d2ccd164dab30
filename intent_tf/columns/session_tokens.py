"""Renders a session as a document: one line of tokens an event, words and all."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.event_arrays import dwell, present
from intent_tf.data.sequence_roles import ROLE_OF_NAME
from intent_tf.data.specification import Column
from intent_tf.text import NGrams, Tokenizer
from intent_tf.text.configured import Configured

#: What stands before the values of an event log's columns; before others stands their name.
_PREFIXES = {"event_type": "", "elapsed": "dwell "}


@keras.saving.register_keras_serializable(package="intent_tf")
class SessionTokens(Configured, keras.layers.Layer):
    """Turns event arrays into one sequence of token ids, event after event.

    An event gives, by the roles of its columns: its type (``[cart]`` of ``event_type``, ``[page home]`` of a
    column ``page``), the dwell before it on a doubling scale (``[dwell 5]`` of ``elapsed``, ``[s 5]`` of
    ``s``, for 2⁵ − 1 to 2⁶ − 1 seconds), its price on a scale of half doublings (``[price 9]``), the words of
    its texts (``text``, ``query``), and its item (``[bought p7]``). No word of a text looks like a token in
    brackets, because the tokeniser splits at brackets. The ``item_id`` of an event log is left to the
    statistics: most occur too seldom to learn a vector for.

    Args:
        roles: The role of each sequence column that is rendered; see `is_rendered`.
        tokenizer: Cuts the texts into words.
        max_tokens: Tokens kept a session, the last ones. Default 256.
        min_count: Training rows' occurrences below which a token is out of vocabulary. Default 2.
        max_vocabulary: Ids at most. Default 20,000.
        oov_buckets: Ids among which tokens out of vocabulary are spread by a hash. Default 1.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of column to ``(batch, events)``, padded with ``""`` or NaN, to int32
        ``(batch, tokens)``, padded at the end with 0; 1 to ``oov_buckets`` mean out of vocabulary.
    """

    def __init__(
        self,
        roles: Mapping[str, str],
        tokenizer: Tokenizer | NGrams,
        max_tokens: int = 256,
        min_count: int = 2,
        max_vocabulary: int = 20_000,
        oov_buckets: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self.roles = dict(roles)
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens
        self.min_count = min_count
        self.max_vocabulary = max_vocabulary
        self.oov_buckets = oov_buckets
        self.lookup = keras.layers.StringLookup(mask_token="", num_oov_indices=oov_buckets, name="lookup")

    def build(self, input_shape: Any = None) -> None:
        """Create nothing: what is learnt comes with `adapt`."""

    def adapt(self, batches: tf.data.Dataset) -> None:
        """Learn the vocabulary from batches of training rows, the commonest token first."""
        counts: Counter[bytes] = Counter()
        documents = batches.map(self.render)
        for words, _, times in documents.map(lambda document: tf.unique_with_counts(document.flat_values)):
            counts.update(dict(zip(words.numpy().tolist(), times.numpy().tolist(), strict=True)))
        order = sorted(counts, key=lambda word: (-counts[word], word))
        frequent = [word.decode() for word in order if counts[word] >= self.min_count]
        # A vocabulary of nothing cannot be set; what Unicode calls no character stands for it.
        self.lookup.set_vocabulary(frequent[: self.max_vocabulary - 1 - self.oov_buckets] or ["\uffff"])

    @property
    def worded(self) -> tuple[str, ...]:
        """The columns whose words are rendered."""
        return tuple(name for name, role in self.roles.items() if role in ("text", "query"))

    @property
    def vocabulary_size(self) -> int:
        """Ids, padding and out of vocabulary included."""
        return int(self.lookup.vocabulary_size())

    def render(self, inputs: dict[str, Any]) -> tf.RaggedTensor:
        """Write the tokens as strings, ragged ``(batch, tokens)``."""
        sequences = {name: inputs[name] for name in self.roles}
        here = _events(sequences)
        lines = [self._tokens(name, values, here) for name, values in sequences.items()]
        lengths = tf.reduce_sum(tf.cast(here, tf.int64), axis=1)
        document = tf.RaggedTensor.from_row_lengths(tf.concat(lines, axis=1), lengths).merge_dims(1, 2)
        document = tf.ragged.boolean_mask(document, document != "")
        return document[:, -self.max_tokens :]

    def call(self, inputs: dict[str, Any]) -> tf.Tensor:
        """Render and look up."""
        tokens = self.render(inputs)
        ids = tf.cast(self.lookup(tokens.flat_values), tf.int32)
        return tokens.with_flat_values(ids).to_tensor(0)

    def _tokens(self, name: str, values: tf.Tensor, here: tf.Tensor) -> tf.RaggedTensor:
        role, prefix = self.roles[name], _PREFIXES.get(name, f"{name} ")
        if name in self.worded:
            return self.tokenizer(values[here])
        if role == "time":
            # Times that fall, as "days before" does, have gaps too.
            return _bracketed(prefix, _doublings(tf.abs(dwell(values))[here], per_doubling=1))
        if role == "price":
            return _bracketed(prefix, _doublings(values[here], per_doubling=2))
        return _bracketed(prefix, values[here])


def is_rendered(column: Column) -> bool:
    """Tell whether a sequence column can be rendered: times, prices, and strings other than ``item_id``."""
    if column.values == "float":
        return column.role in ("time", "price")
    return column.role != "item" or column.name not in ROLE_OF_NAME


def _events(sequences: dict[str, tf.Tensor]) -> tf.Tensor:
    """Where any column has an entry up to the row's last: bool ``(batch, events)``."""
    some = tf.reduce_any(tf.stack([present(values) for values in sequences.values()]), axis=0)
    reversed_seen = tf.cumsum(tf.cast(some, tf.int32), axis=1, reverse=True)
    return reversed_seen > 0


def _bracketed(prefix: str, words: tf.Tensor) -> tf.RaggedTensor:
    tokens = tf.where(words == "", "", tf.strings.join(["[" + prefix, words, "]"]))
    # A vocabulary is saved as lines.
    tokens = tf.strings.regex_replace(tokens, r"[\r\n]", " ")
    return tf.RaggedTensor.from_tensor(tokens[:, None])


def _doublings(values: tf.Tensor, per_doubling: int) -> tf.Tensor:
    finite = tf.math.is_finite(values)
    scale = tf.math.log1p(tf.maximum(tf.where(finite, values, 0.0), 0.0)) / tf.math.log(2.0)
    return tf.where(finite, tf.strings.as_string(tf.cast(tf.floor(scale * per_doubling), tf.int32)), "")
