"""Cells that hold several values, as numbers."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured

#: Members of a cell that are read; those behind them are not.
MOST_READ = 64


@keras.saving.register_keras_serializable(package="intent_tf")
class SetMembers(Configured, keras.layers.Layer):
    """Tells which members a cell such as ``red;blue`` has, and how many.

    Members are cut at the separator; white space around them, double quotes, and brackets around the whole
    cell do not count, so that a JSON list is read too. The order does not matter, nor does a member that is
    named twice. Of a cell the first 64 members are read.

    Args:
        separator: str, what stands between two members, such as ``";"``.
        members: str or sequence of strings, the members that are told apart.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        cells: string tensor of shape ``(batch,)``.

    Returns:
        float32 tensor of shape ``(batch, members + 2)``: 1 for each member that the cell has, else 0; the
        number of its members; and the share of them that are none of these. The last two are NaN where the
        cell is empty.

    Example:
        >>> layer = SetMembers(";", ["red", "blue"])
        >>> layer(tf.constant(["blue; green", "red;red", ""])).numpy()
        array([[0. , 1. , 2. , 0.5],
               [1. , 0. , 1. , 0. ],
               [0. , 0. , nan, nan]], dtype=float32)
    """

    def __init__(self, separator: str, members: str | Sequence[str], **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self.separator = separator
        self.members = as_tuple(members)
        self.lookup = keras.layers.StringLookup(vocabulary=list(self.members), num_oov_indices=1)

    def call(self, cells: Any) -> tf.Tensor:
        """Read the cells."""
        cells = tf.strings.regex_replace(tf.convert_to_tensor(cells), r"^\s*\[|\]\s*$|\"", "")
        cut = tf.strings.split(cells, self.separator)[:, :MOST_READ]
        found, row = tf.strings.strip(cut.flat_values), cut.value_rowids()
        present = found != ""
        found, row = tf.boolean_mask(found, present), tf.boolean_mask(row, present)
        batch = tf.shape(cells, tf.int64)[0]
        # Each member of a row once, by a number that stands for both.
        names, number = tf.unique(found)
        both, _ = tf.unique(row * tf.size(names, tf.int64) + tf.cast(number, tf.int64))
        row, ids = (
            both // tf.size(names, tf.int64),
            tf.gather(self.lookup(names), both % tf.size(names, tf.int64)),
        )
        size = len(self.members) + 1
        counts = tf.math.unsorted_segment_sum(tf.ones_like(row, tf.float32), row * size + ids, batch * size)
        counts = tf.reshape(counts, (-1, size))
        total = tf.reduce_sum(counts, axis=1, keepdims=True)
        total = tf.where(total > 0, total, float("nan"))
        return tf.concat([counts[:, 1:], total, counts[:, :1] / total], axis=1)

    def compute_output_shape(self, cells_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the numbers, ``(batch, members + 2)``."""
        return (cells_shape[0], len(self.members) + 2)
