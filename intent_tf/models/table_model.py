"""A model's `fit`, `evaluate` and `predict` for tables, beside what Keras takes."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.augmentation import Augmentation
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import padded, raw_columns, to_dataset, with_lengths
from intent_tf.columns.row_order import longest_first
from intent_tf.columns.rows import Rows
from intent_tf.columns.static_shapes import static_batches
from intent_tf.data.shard import Shard
from intent_tf.errors import InputError
from intent_tf.models.callbacks_of import callbacks_of
from intent_tf.models.member_model import MemberModel
from intent_tf.models.outputs import STRENGTH
from intent_tf.models.table_input import as_frame, feature_dataset, is_table, labelled_rows

#: Batches of a model that takes fewer rows at once hold documents of about one length.
MANY_ROWS = 4096


class TableModel:
    """What a Keras model over named columns does with DataFrames, mappings of column to array, and `Rows`.

    Keras takes no strings from NumPy, and would preprocess the rows anew in each epoch. A class that is a
    `keras.Model` too sets these attributes.
    """

    preprocessor: Preprocessor
    extractor: keras.layers.Layer
    calibrator: Any
    stack: Any
    feature_model: MemberModel
    """Features to the members' probabilities ``(batch, members)``; with more parts, see `MemberModel`."""
    output_model: keras.Model
    """Features to all `Outputs` by name."""

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int = 256,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        *,
        shuffle: bool = True,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        first_batch: int = 0,
        **options: Any,
    ) -> keras.callbacks.History:
        """Train the members' probabilities; see `keras.Model.fit`.

        On a TPU, tables come in batches of one shape: the rows that do not fill the last batch of an epoch
        are excluded of it.

        Args:
            x: `Rows`, a DataFrame or a mapping of column to array; or a `tf.data.Dataset` of batches
                ``(columns, label)`` or ``(columns, label, weight)``.
            y: Labels, unless ``x`` holds them.
            batch_size: Rows a step, over all replicas of the strategy. Default 256.
            epochs: Passes over the rows.
            verbose: See `keras.Model.fit`.
            callbacks: They see this model.
            validation_split: Share of a table's rows, the last ones, that are measured and not trained on.
            validation_data: As ``x``, or a tuple of ``x``, ``y`` and maybe ``sample_weight``.
            class_weight: Factor of the weight of the rows of each label, 0 and 1.
            sample_weight: Weight of each row of a table.
            initial_epoch: Epochs done before, when resuming.
            shuffle: Whether a table's rows come in another order in each epoch.
            augmentation: Changes of a table's training rows.
            seed: Of the order of a table's rows.
            first_batch: Batches of the first epoch done before, when resuming: so many fewer steps an
                epoch are taken, and only one epoch makes sense.
            **options: The other arguments of Keras.

        Raises:
            InputError: If ``x`` is none of these, or labels or weights do not fit it.
        """
        fitted = {"calibrator": self.calibrator, "stack of parts": self.stack}
        if dropped := [name for name, part in fitted.items() if part is not None]:
            warnings.warn(
                f"fit drops the {' and the '.join(dropped)}, fitted to the weights before", stacklevel=2
            )
            for name in dropped:
                fitted[name].reset()
        train, held_out = self._rows_or_batches(x, y, sample_weight, class_weight), validation_data
        if validation_split:
            if not isinstance(train, Rows) or validation_data is not None:
                raise InputError(
                    "validation_split is given", expected="a table, and no validation_data beside it"
                )
            cut = round(len(train) * (1 - validation_split))
            train, held_out = train.take(np.arange(cut)), train.take(np.arange(cut, len(train)))
        elif held_out is not None:
            held_out = self._rows_or_batches(*(held_out if isinstance(held_out, tuple) else (held_out,)))
        trained, by_length = self.feature_model, self.rows_at_once < MANY_ROWS
        if isinstance(train, Rows):
            rows, static = train, trained.wants_static_shapes

            def batches(shard: Shard) -> tf.data.Dataset:
                if not shuffle:
                    return rows.batches(batch_size, shard, passes=None)
                order: dict[str, Any] = {"first_batch": first_batch, "shard": shard, "by_length": by_length}
                found = rows.shuffled_batches(batch_size, seed, initial_epoch, augmentation, **order)
                return static_batches(found, rows, batch_size // shard.total) if static else found

            train = trained.distribute(batches)
            steps = rows.number_of_rows // batch_size if static else -(-rows.number_of_rows // batch_size)
            options["steps_per_epoch"] = steps - first_batch
        if isinstance(held_out, Rows):
            held_out, options["validation_steps"] = trained.passes(held_out, self.rows_at_once)
        shown = {"epochs": epochs, "steps": options.get("steps_per_epoch")}
        called = callbacks_of(self, trained, callbacks or (), 1 if verbose == "auto" else verbose, **shown)
        return trained.fit(
            train,
            validation_data=held_out,
            epochs=epochs,
            initial_epoch=initial_epoch,
            callbacks=called,
            verbose=verbose,
            shuffle=False,
            **options,
        )

    def _rows_or_batches(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
    ) -> Rows | tf.data.Dataset:
        if is_table(x):
            if isinstance(x, Rows) and y is None and sample_weight is None and not class_weight:
                return x
            return labelled_rows(x, y, sample_weight, self.preprocessor, class_weight)
        if not isinstance(x, tf.data.Dataset):
            raise InputError(
                f"received a {type(x).__name__}",
                expected="a DataFrame, a mapping of column to array, Rows or a tf.data.Dataset",
            )
        return feature_dataset(x, self.preprocessor, class_weight)

    @property
    def rows_at_once(self) -> int:
        """Rows that a prediction takes at once unless told: few where an encoder's attention needs memory."""
        parts = getattr(self.extractor, "parts", {}).values()
        return min((getattr(part, "rows_at_once", MANY_ROWS) for part in parts), default=MANY_ROWS)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        **options: Any,
    ) -> Any:
        """Measure the members' loss, and the metrics of the calibrated probability.

        Args:
            x: What `fit` takes.
            y: Labels, unless ``x`` holds them.
            batch_size: Rows at once. Default: `rows_at_once`.
            verbose: See `keras.Model.evaluate`.
            sample_weight: Weight of each row of a table.
            **options: The other arguments of Keras.
        """
        found = self._rows_or_batches(x, y, sample_weight)
        if isinstance(found, Rows):
            found, options["steps"] = self.feature_model.passes(found, batch_size or self.rows_at_once)
        return self.feature_model.evaluate(found, verbose=verbose, **options)

    def predict(self, x: Any, batch_size: int | None = None, verbose: Any = 0, **options: Any) -> np.ndarray:
        """Probabilities, float32 ``(rows,)``; see `keras.Model.predict`.

        Args:
            x: A DataFrame of raw columns or a mapping of column to array (a label is not needed), `Rows`, or
                a dataset of what the model takes.
            batch_size: Rows at once. Default: `rows_at_once`.
            verbose: See `keras.Model.predict`.
            **options: The other arguments of Keras.
        """
        batch_size = batch_size or self.rows_at_once
        specification = self.preprocessor.specification
        if isinstance(x, tf.data.Dataset):
            x = x.map(lambda columns, *rest: padded(with_lengths(columns, specification)))
        if not is_table(x):
            return keras.Model.predict(self, x, verbose=verbose, **options)
        if not isinstance(x, Rows):
            x = as_frame(x)
            if self.rows_at_once == MANY_ROWS:
                batches = to_dataset(raw_columns(x, specification), batch_size)
                return keras.Model.predict(self, batches, verbose=verbose, **options)
            # Documents are cut first and encoded by length: padding costs an encoder more than cutting twice.
            x = self.unlabelled_rows(x)
        return self.answers(x, batch_size, verbose=verbose, **options)[STRENGTH]

    def answers(self, rows: Rows, batch_size: int, **options: Any) -> dict[str, np.ndarray]:
        """Compute all `Outputs` of rows by name, so many at once, with the options of Keras' `predict`."""
        order = longest_first(rows.features)
        outputs = self.output_model.predict(rows.take(order).batches(batch_size), **options)
        back = np.argsort(order)
        return {name: values[back] for name, values in outputs.items()}

    def unlabelled_rows(self, frame: pd.DataFrame) -> Rows:
        """Preprocess a table, whose labels are unknown and stand as zeros."""
        return Rows.of(frame, self.preprocessor, np.zeros(len(frame)))
