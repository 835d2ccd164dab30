"""A Keras model that takes tables: it fits on, measures and scores DataFrames and rows prepared from them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.augmentation import Augmentation
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import raw_columns, to_dataset
from intent_tf.columns.row_order import longest_first
from intent_tf.columns.rows import Rows
from intent_tf.columns.static_shapes import static_batches
from intent_tf.data.labels import read_labels
from intent_tf.data.shard import Shard
from intent_tf.errors import InputError
from intent_tf.models.distributed_model import DistributedModel

_MANY = 4096


class TableModel(DistributedModel):
    """`keras.Model` whose `fit`, `evaluate` and `predict` take a DataFrame of raw columns or `Rows`, too.

    The features of `Rows`, which `preprocess_data` makes, are computed only once. What Keras takes goes to
    Keras as it is.

    A subclass sets ``preprocessor`` and ``extractor`` before it is called.
    """

    preprocessor: Preprocessor
    extractor: keras.layers.Layer

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int = 256,
        epochs: int = 1,
        validation_data: Any = None,
        initial_epoch: int = 0,
        seed: int = 0,
        augmentation: Augmentation | None = None,
        first_batch: int = 0,
        **options: Any,
    ) -> keras.callbacks.History:
        """Train; see `keras.Model.fit`.

        On a TPU, `Rows` and DataFrames come in batches of one shape: the rows that do not fill the last
        batch of an epoch are excluded of it.

        Args:
            x: `Rows`, a DataFrame with the label column, or what Keras takes.
            y: Labels, unless ``x`` holds them.
            batch_size: Rows a step, over all replicas of the strategy. Default 256.
            epochs: Passes over the rows.
            validation_data: As ``x``.
            initial_epoch: Epochs done before, when resuming.
            seed: Of the order of the rows, for `Rows` and DataFrames.
            augmentation: Changes of the training rows, for `Rows` and DataFrames.
            first_batch: Batches of the first epoch done before, when resuming: so many fewer steps an
                epoch are taken, and only one epoch makes sense.
            **options: The other arguments of Keras.
        """
        if isinstance(x, Rows | pd.DataFrame):
            rows, start = self._rows(x), (batch_size, seed, initial_epoch, augmentation)
            by_length, static = self.rows_at_once < _MANY, self.wants_static_shapes

            def batches(shard: Shard) -> tf.data.Dataset:
                found = rows.shuffled_batches(
                    *start, first_batch=first_batch, shard=shard, by_length=by_length
                )
                return static_batches(found, rows, start[0] // shard.total) if static else found

            x = self.distribute(batches)
            steps = rows.number_of_rows // batch_size if static else -(-rows.number_of_rows // batch_size)
            options |= {"steps_per_epoch": steps - first_batch, "shuffle": False}
            batch_size = None  # type: ignore[assignment]
        if isinstance(validation_data, Rows | pd.DataFrame):
            validation_data, options["validation_steps"] = self._passes(validation_data, self.rows_at_once)
        return super().fit(
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            validation_data=validation_data,
            initial_epoch=initial_epoch,
            **options,
        )

    @property
    def rows_at_once(self) -> int:
        """Rows that a prediction takes at once unless told: few where an encoder's attention needs memory."""
        parts = getattr(self.extractor, "parts", {}).values()
        return min((getattr(part, "rows_at_once", _MANY) for part in parts), default=_MANY)

    def evaluate(self, x: Any = None, y: Any = None, batch_size: int | None = None, **options: Any) -> Any:
        """Loss and metrics; see `keras.Model.evaluate`. Takes what `fit` takes."""
        batch_size = batch_size or self.rows_at_once
        if isinstance(x, Rows | pd.DataFrame):
            batches, steps = self._passes(x, batch_size)
            return super().evaluate(batches, steps=steps, **options)
        return super().evaluate(x, y, batch_size=batch_size, **options)

    def predict(self, x: Any, batch_size: int | None = None, verbose: Any = 0, **options: Any) -> np.ndarray:
        """Probabilities, float32 ``(rows,)``; see `keras.Model.predict`.

        Takes a DataFrame of raw columns (a label is not needed), `Rows`, or what Keras takes.
        """
        batch_size = batch_size or self.rows_at_once
        if isinstance(x, pd.DataFrame) and self.rows_at_once < _MANY:
            # Documents are cut first and encoded by length: padding costs an encoder more than cutting twice.
            x = self.unlabelled_rows(x)
        if isinstance(x, pd.DataFrame):
            if x.empty:
                raise InputError("the table has no rows", expected="at least one row of data")
            x, batch_size = to_dataset(raw_columns(x, self.preprocessor.specification), batch_size), None
        elif isinstance(x, Rows):
            order = longest_first(x.features)
            probability = super().predict(x.take(order).batches(batch_size), verbose=verbose, **options)
            return probability[np.argsort(order)]
        return super().predict(x, batch_size=batch_size, verbose=verbose, **options)

    def _passes(self, x: Rows | pd.DataFrame, batch_size: int) -> tuple[Any, int]:
        """Make endless passes over all rows, and count the steps of one."""
        rows = self._rows(x)
        rows = rows.take(longest_first(rows.features))
        batches = self.distribute(lambda shard: rows.batches(batch_size, shard, passes=None))
        return batches, -(-len(rows) // batch_size)

    def unlabelled_rows(self, frame: pd.DataFrame) -> Rows:
        """Preprocess a table, whose labels are unknown and stand as zeros."""
        return Rows.of(frame, self.preprocessor, np.zeros(len(frame)))

    def _rows(self, x: Rows | pd.DataFrame) -> Rows:
        if isinstance(x, Rows):
            return x
        specification = self.preprocessor.specification
        if specification.label not in x.columns:
            raise InputError(f"the table has no label column {specification.label!r}")
        label = read_labels(x[specification.label], specification.label, specification.positive)
        return Rows.of(x, self.preprocessor, label)
