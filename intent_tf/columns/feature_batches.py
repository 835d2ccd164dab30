"""The preprocessor as a traced graph, and many rows that pass through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import tensorflow as tf

from intent_tf.columns.features import Features
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import RawColumns, to_dataset

_ROWS_AT_ONCE = 1024

Graph = Callable[[dict[str, tf.Tensor]], Features]
"""A traced preprocessor."""


def graph_of(preprocessor: Preprocessor) -> Graph:
    """Trace an adapted preprocessor, which takes seconds, once for several tables."""
    return tf.function(preprocessor, input_signature=[preprocessor.input_signature()])


def feature_batches(graph: Graph, raw: RawColumns) -> Iterator[Features]:
    """Preprocess many rows in the graph, some at a time, in parallel on all cores."""
    batches = to_dataset(raw, _ROWS_AT_ONCE).map(graph, num_parallel_calls=tf.data.AUTOTUNE)
    yield from batches.prefetch(tf.data.AUTOTUNE)
