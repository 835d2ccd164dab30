"""The preprocessor as a traced graph, and many rows that pass through it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import tensorflow as tf

from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import RawColumns, to_dataset

_ROWS_AT_ONCE = 1024

Features = dict[str, tf.Tensor | tf.RaggedTensor]
"""What a `Preprocessor` returns, by name; documents of many batches are ragged."""
Graph = Callable[[dict[str, tf.Tensor]], Features]
"""A traced preprocessor."""


def graph_of(preprocessor: Preprocessor) -> Graph:
    """Trace an adapted preprocessor, which takes seconds, once for several tables."""
    return tf.function(preprocessor, input_signature=[preprocessor.input_signature()])


def feature_batches(graph: Graph, raw: RawColumns) -> Iterator[Features]:
    """Preprocess many rows in the graph, some at a time, in parallel on all cores; documents are ragged."""
    batches = to_dataset(raw, _ROWS_AT_ONCE).map(graph, num_parallel_calls=tf.data.AUTOTUNE)
    ragged = documents(batches.element_spec)
    for batch in batches.prefetch(tf.data.AUTOTUNE):
        yield {
            name: tf.RaggedTensor.from_tensor(part, padding=0) if name in ragged else part
            for name, part in batch.items()
        }


def documents(features: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell which features are documents: their number of tokens is not known before the batch."""
    return tuple(name for name, part in features.items() if None in part.shape[1:])
