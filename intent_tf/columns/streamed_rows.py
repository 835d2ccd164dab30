"""Training rows that do not fit into memory: read from files and preprocessed anew in every epoch."""

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import tensorflow as tf

from intent_tf.columns.augmentation import Augmentation
from intent_tf.columns.feature_batches import Graph, graph_of
from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import RawColumns, padded, with_lengths
from intent_tf.columns.rows import ALL_ROWS, Rows, augmented, endless, without_number
from intent_tf.data.example_stream import ExampleStream
from intent_tf.data.shard import Shard
from intent_tf.errors import InputError


@dataclass(frozen=True, kw_only=True)
class StreamedRows(Rows):
    """A sample of the training rows in memory, and all of them in files.

    What is *learnt of* (vocabularies, normal scores, baselines) comes from the sample; what the model is
    *fitted on* are the batches of all rows, which pass through the preprocessor's graph on the way.

    Args:
        stream: All training rows.
        preprocessor: Adapted on the sample.
    """

    stream: ExampleStream
    preprocessor: Preprocessor

    @property
    def number_of_rows(self) -> int:
        """Rows that `shuffled_batches` gives in one epoch."""
        return self.stream.rows

    def shuffled_batches(
        self,
        batch_size: int,
        seed: int,
        first_epoch: int = 0,
        augmentation: Augmentation | None = None,
        *,
        first_batch: int = 0,
        shard: Shard = ALL_ROWS,
        by_length: bool = False,
    ) -> tf.data.Dataset:
        """Endless epochs in an order that only the seed decides; see `Rows.shuffled_batches`.

        Every process reads all rows, and preprocesses those of its replicas. Documents are not sorted by
        length, since that takes all of them.
        """
        stream = replace(self.stream, batch_size=batch_size, seed=seed)
        done = first_epoch * stream.batches + first_batch
        batches = shard.split(stream.dataset(epochs=None, first_batch=done))
        batches = batches.map(self._preprocess, tf.data.AUTOTUNE)
        if augmentation is not None:
            numbered = batches.enumerate(done * shard.replicas)
            batches = augmented(numbered, augmentation, seed, shard).map(without_number)
        return endless(batches).prefetch(tf.data.AUTOTUNE)

    @cached_property
    def _graph(self) -> Graph:
        return graph_of(self.preprocessor)

    def _preprocess(self, columns: RawColumns, label: tf.Tensor, *weight: tf.Tensor) -> Any:
        features = self._graph(padded(with_lengths(columns, self.preprocessor.specification)))
        return features, label, weight[0] if weight else tf.ones_like(label)


def stream_training_rows(data: PreparedData, folder: str | Path, weight: str | None = None) -> PreparedData:
    """Train on all rows of a folder, of which ``data`` holds a sample.

    Rows of the sample's validation and test groups (users) are passed over wherever they are in the folder,
    so none of them is on two sides.

    Args:
        data: A sample of the folder's rows, split by group.
        folder: Parquet files with the columns of the sample.
        weight: Name of the column of sample weights.

    Raises:
        InputError: If the split is not a random one by group.
    """
    group = data.split.group
    if group is None or not data.split.is_random:
        raise InputError(
            f"the split is {data.split.method}",
            expected="a random one by group, where rows are streamed",
            remedy="leave --time out, or hold all rows in memory with a larger --memory-rows",
        )
    held_out = {str(value) for part in (data.validation, data.test) for value in part.frame[group].unique()}
    stream = ExampleStream(folder, data.specification, weight=weight, without={group: held_out})
    train = data.train
    rows = StreamedRows(
        train.frame,
        train.features,
        train.label,
        train.weight,
        train.grade,
        stream=stream,
        preprocessor=data.preprocessor,
    )
    facts = deepcopy(data.facts)
    facts.tell("rows of train, streamed", rows.number_of_rows)
    return replace(data, train=rows, facts=facts)
