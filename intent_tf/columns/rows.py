"""Rows in memory, preprocessed once: what training reads its batches from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.augmentation import Augmentation
from intent_tf.columns.feature_batches import Features, Graph, documents, feature_batches, graph_of
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import raw_columns
from intent_tf.columns.row_order import document_lengths, numbered_batches
from intent_tf.data.shard import Shard
from intent_tf.errors import InputError

#: More batches than any run has.
_ENDLESS = np.iinfo(np.int64).max
#: The shard of a process that alone makes every batch.
ALL_ROWS = Shard()


@dataclass(frozen=True)
class Rows:
    """Examples in memory, with features computed once; the cache that training reads batches from.

    Args:
        frame: The raw rows.
        features: Their features by name; documents are ragged ``(rows, tokens)``.
        label: float32 ``(rows,)``, 0 or 1, or a teacher's probability in between.
        weight: float32 ``(rows,)``, a row's share in the loss; 1 by default.
        grade: float32 ``(rows,)``, the strongest action that followed, in [0, 1], where labels are graded: 1
            is a purchase. Batches then hold it in the label's place.
    """

    frame: pd.DataFrame
    features: Features
    label: np.ndarray
    weight: np.ndarray
    grade: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        preprocessor: Preprocessor,
        label: np.ndarray,
        weight: np.ndarray | None = None,
        *,
        file: object = None,
        graph: Graph | None = None,
    ) -> "Rows":
        """Preprocess a table's rows.

        Args:
            frame: The table, with all feature columns.
            preprocessor: A preprocessor that is adapted.
            label: Label of each row.
            weight: Sample weight of each row.
            file: Where the table came from, for messages.
            graph: The preprocessor as `graph_of` traced it; traced here unless given.

        Raises:
            InputError: If there are no rows, or a column or value is not usable.
        """
        if frame.empty:
            raise InputError("the table has no rows", file=file, expected="at least one row of data")
        raw = raw_columns(frame, preprocessor.specification, file=file)
        parts = list(feature_batches(graph or graph_of(preprocessor), raw))
        features = {name: tf.concat([part[name] for part in parts], axis=0) for name in parts[0]}
        weight = np.ones(len(label), np.float32) if weight is None else weight.astype(np.float32)
        return cls(frame, features, label.astype(np.float32), weight)

    def __len__(self) -> int:
        return len(self.label)

    @property
    def number_of_rows(self) -> int:
        """Rows that `shuffled_batches` gives in one epoch."""
        return len(self)

    def take(self, indices: np.ndarray) -> "Rows":
        """Return the rows at these places, int64 ``(n,)``."""
        features = {name: tf.gather(part, indices) for name, part in self.features.items()}
        grade = None if self.grade is None else self.grade[indices]
        return Rows(self.frame.iloc[indices], features, self.label[indices], self.weight[indices], grade)

    def joined(self, *others: "Rows") -> "Rows":
        """Return these rows and others after them, numbered anew."""
        parts = (self, *others)
        return Rows(
            pd.concat([part.frame for part in parts], ignore_index=True),
            {name: tf.concat([part.features[name] for part in parts], axis=0) for name in self.features},
            np.concatenate([part.label for part in parts]),
            np.concatenate([part.weight for part in parts]),
            None if self.grade is None else np.concatenate([part.grade for part in parts]),
        )

    def batches(self, batch_size: int, shard: Shard = ALL_ROWS, *, passes: int | None = 1) -> tf.data.Dataset:
        """All rows, in order: ``(features, label, weight)``, the last batch may be smaller.

        Args:
            batch_size: Number of rows in a batch, over all replicas.
            shard: The replicas whose rows of each batch are wanted. Default: all rows.
            passes: How often; None never ends.
        """
        order = tf.data.Dataset.range(len(self)).batch(batch_size).repeat(passes)
        batches = shard.split(order).map(self._gather, tf.data.AUTOTUNE)
        return (endless(batches) if passes is None else batches).prefetch(tf.data.AUTOTUNE)

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
        """Endless epochs, each in an order (and changed in ways) that only the seed and its number decide.

        So training that resumes at an epoch, or at a batch of it, sees the rows that it would have seen, and
        so do several replicas together.

        Args:
            batch_size: Number of rows in a batch, over all replicas.
            seed: Seed of the order.
            first_epoch: Epoch to begin with.
            augmentation: How training rows are changed.
            first_batch: Batch of the first epoch to begin with.
            shard: The replicas whose rows of each batch are wanted. Default: all rows.
            by_length: Put documents of about one length into one batch; see `epoch_order`.
        """
        first = first_epoch * -(-len(self) // batch_size) + first_batch
        numbers = tf.data.Dataset.range(first, _ENDLESS)
        lengths = tf.constant(document_lengths(self.features)) if by_length else None
        indices = shard.split_numbered(numbered_batches(numbers, len(self), batch_size, seed, lengths))
        batches = indices.map(lambda number, rows: (number, self._gather(rows)), tf.data.AUTOTUNE)
        if augmentation is not None:
            batches = augmented(batches, augmentation, seed, shard)
        return endless(batches.map(without_number)).prefetch(tf.data.AUTOTUNE)

    def _gather(self, rows: tf.Tensor) -> tuple[Features, tf.Tensor, tf.Tensor]:
        parts = {name: tf.gather(part, rows) for name, part in self.features.items()}
        dense = {
            name: part.to_tensor(0) if isinstance(part, tf.RaggedTensor) else part
            for name, part in parts.items()
        }
        label = self.label if self.grade is None else self.grade
        return dense, tf.gather(label, rows), tf.gather(self.weight, rows)


def endless(batches: tf.data.Dataset) -> tf.data.Dataset:
    """Tell that a dataset never ends: replicas need not ask each other before each step whether it has."""
    return batches.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY))


def augmented(
    batches: tf.data.Dataset, augmentation: Augmentation, seed: int, shard: Shard = ALL_ROWS
) -> tf.data.Dataset:
    """Change batches in ways that only the seed and their number decide.

    Args:
        batches: Of the replicas of a shard, in turns: pairs of a number and ``(features, label, weight)``.
        augmentation: How rows are changed.
        seed: Seed of the changes.
        shard: The replicas that the batches are for.

    Returns:
        Such pairs.
    """

    def change(number: tf.Tensor, batch: tuple[Features, tf.Tensor, tf.Tensor]) -> Any:
        features, label, weight = batch
        names = documents(features)
        changed, label = augmentation([features[name] for name in names], label, (seed, shard.share(number)))
        return number, ({**features, **dict(zip(names, changed, strict=True))}, label, weight)

    return batches.map(change, tf.data.AUTOTUNE)


def without_number(number: tf.Tensor, batch: Any) -> Any:
    """Leave out the number of a pair."""
    return batch
