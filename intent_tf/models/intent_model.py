"""The model: raw columns in, intent strength out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import pandas as pd
import tensorflow as tf

from intent_tf.columns.features import Features
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.rows import Rows
from intent_tf.errors import InputError
from intent_tf.layers.action_head import ActionHead
from intent_tf.models.file_version import VERSION, refuse_other_version
from intent_tf.models.table_model import TableModel
from intent_tf.version import __version__

_PARTS = ("preprocessor", "extractor", "predictor", "wide", "calibrator", "actions")


@keras.saving.register_keras_serializable(package="intent_tf")
class IntentModel(TableModel):
    """How strongly a shopper intends to buy, from raw columns.

    ::

        raw columns → Preprocessor → FeatureExtractor → Predictor (+ wide part) → sigmoid → Calibrator

    All of it is one graph: what `fit` learns from is what `predict` and the exported SavedModel compute,
    to the last bit of preprocessing. A predictor of several members gives as many probabilities in training,
    each of which learns from its own loss, and their mean otherwise.

    It is a Keras model in every way. Beside what Keras takes, `fit`, `evaluate` and `predict` take a
    DataFrame of raw columns (with its label column, for the first two) or the `Rows` that
    `preprocess_data` made, whose features are computed only once.

    Args:
        preprocessor: Adapted on training rows.
        extractor: Turns features into vectors ``(batch, width)``.
        predictor: Turns vectors into logits ``(batch, members)``.
        wide: Turns the ids of texts into a logit ``(batch, 1)`` that is added to every member's; None for
            none.
        calibrator: Maps probabilities ``(batch,)`` to calibrated ones; None leaves them as they are.
        threshold: Probability from which on a purchase is predicted, in [0, 1]; chosen on validation rows.
        actions: Turns vectors into logits of what shoppers do at most who do not buy; None for none.
        **kwargs: Those of every Keras model.

    Shapes: a mapping of column to ``(batch,)``, for sequences ``(batch, events)``, or `Features`,
        to float32 ``(batch,)`` in [0, 1]; in training ``(batch, members)``, and with ``actions`` a pair of
        that and logits.
    """

    def __init__(
        self,
        preprocessor: Preprocessor,
        extractor: keras.layers.Layer,
        predictor: keras.layers.Layer,
        wide: keras.layers.Layer | None = None,
        calibrator: keras.layers.Layer | None = None,
        threshold: float = 0.5,
        actions: ActionHead | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.preprocessor = preprocessor
        self.extractor = extractor
        self.predictor = predictor
        self.wide = wide
        self.calibrator = calibrator
        self.threshold = threshold
        self.actions = actions
        self(preprocessor.dummy_inputs())  # creates the weights

    def call(self, inputs: Mapping[str, Any] | Features, training: bool | None = None) -> Any:
        """Probabilities ``(batch,)``; in training those of the members, before calibration."""
        logits, actions = self.heads(inputs, training=training)
        members = tf.sigmoid(logits)
        if training:
            return members if actions is None else (members, actions)
        return self._probability(members)

    def _probability(self, members: tf.Tensor) -> tf.Tensor:
        probability = tf.reduce_mean(members, axis=1)
        return probability if self.calibrator is None else self.calibrator(probability)

    def heads(
        self, inputs: Mapping[str, Any] | Features, training: bool | None = None
    ) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Compute the members' logits, float32 ``(batch, members)``, and the actions', where there are."""
        features = self.preprocessor(inputs)
        vectors = self.extractor(features, training=training)
        logits = tf.cast(self.predictor(vectors, training=training), tf.float32)
        if self.wide is not None:
            logits += tf.cast(self.wide(features.text), tf.float32)
        return logits, None if self.actions is None else self.actions(vectors)

    def logits(self, inputs: Mapping[str, Any] | Features, training: bool | None = None) -> tf.Tensor:
        """Compute the members' logits, float32 ``(batch, members)``."""
        return self.heads(inputs, training=training)[0]

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Take the mean of the members' losses, and add that of the actions.

        ``y`` is ``(batch,)``: the label, or with actions a grade, of which 1 is a purchase; or ``(batch, 2)``
        with a teacher's probability beside each label.
        """
        grade, further = y, None
        if isinstance(y_pred, tuple):
            y_pred, further = y_pred
        y = y if self.actions is None else _purchase(y)
        y, y_pred = tf.cast(y, tf.float32), y_pred if y_pred.shape.rank == 2 else y_pred[:, None]
        y = y[:, None] if _has_teacher(y) else tf.reshape(y, (-1, 1))
        y = tf.broadcast_to(y, tf.concat([tf.shape(y_pred), tf.shape(y)[2:]], axis=0))
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if further is None or self.actions is None:
            return loss
        return loss + self.by_rows(self.actions.loss(tf.reshape(grade, (-1,)), further, sample_weight), grade)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the metrics by the members' mean probability."""
        y_pred = y_pred[0] if isinstance(y_pred, tuple) else y_pred
        if y_pred.shape.rank == 2:
            y_pred = tf.reduce_mean(y_pred, axis=1)
        y = y[:, 0] if _has_teacher(y) else y
        y = y if self.actions is None else _purchase(y)
        # Of vectors, Keras would average a metric over batches, however small the last one is.
        return super().compute_metrics(x, tf.reshape(y, (-1, 1)), y_pred[:, None], sample_weight)

    def predict_actions(self, x: Any) -> pd.DataFrame:
        """Probabilities of what each shopper does at most: a column an action, the purchase last.

        Args:
            x: A DataFrame of raw columns, or `Rows`.

        Raises:
            InputError: If the model was not trained on graded labels.
        """
        if self.actions is None:
            raise InputError(
                "the model knows purchases only",
                expected="one trained on examples of `prepare --label probability`",
            )
        rows = x if isinstance(x, Rows) else self.unlabelled_rows(x)
        batches = []
        for batch, *_ in rows.batches(self.rows_at_once):
            logits, actions = self.heads(batch)
            batches.append(self.actions.probabilities(actions, self._probability(tf.sigmoid(logits))))
        probabilities = tf.concat(batches, axis=0).numpy()
        return pd.DataFrame(probabilities, rows.frame.index, [*self.actions.actions, "purchase"])

    def with_calibration(self, calibrator: keras.layers.Layer | None, threshold: float) -> IntentModel:
        """Return the same model with what is chosen on validation rows after training.

        Args:
            calibrator: Maps probabilities to calibrated ones; None leaves them as they are.
            threshold: Probability from which on a purchase is predicted.

        Returns:
            A model that shares this one's layers, compiled alike but with a fresh optimiser.
        """
        return self._compile_alike(self.with_parts(calibrator=calibrator, threshold=threshold))

    def with_parts(self, **parts: Any) -> IntentModel:
        """Return a model of the same layers, some of them replaced; it is not compiled.

        Args:
            **parts: Arguments of the constructor.
        """
        own = {name: getattr(self, name) for name in (*_PARTS, "threshold")}
        return IntentModel(**{**own, "name": self.name, **parts})

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, and the version of the package."""
        parts = {
            name: None if part is None else keras.saving.serialize_keras_object(part)
            for name, part in ((name, getattr(self, name)) for name in _PARTS)
        }
        return {**super().get_config(), **parts, "threshold": self.threshold, VERSION: __version__}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> IntentModel:
        """Return what `get_config` described.

        Raises:
            InputError: If another minor version of the package wrote it.
        """
        refuse_other_version(config)
        config = {name: value for name, value in config.items() if name != VERSION}
        for name in _PARTS:
            if config.get(name) is not None:
                config[name] = keras.saving.deserialize_keras_object(config[name], custom_objects)
        return cls(**config)

    def without_strategy(self) -> IntentModel:
        """Return the same model, with weights that belong to this process alone.

        A model that was trained on several machines cannot compute on one of them: each of its steps waits
        for all. One without a strategy is returned as it is.
        """
        if self._distribute_strategy is None:
            return self
        config = self.get_config()
        # The preprocessor has nothing to train, and is not part of any strategy.
        local = self.with_parts(
            **{
                name: None if config[name] is None else keras.saving.deserialize_keras_object(config[name])
                for name in _PARTS[1:]
            }
        )
        local.set_weights(self.get_weights())
        return self._compile_alike(local)

    def _compile_alike(self, model: IntentModel) -> IntentModel:
        """Compile a model with this one's loss and metrics, and a fresh optimiser."""
        compiled = keras.saving.deserialize_keras_object(self.get_compile_config())
        model.compile(loss=compiled["loss"], metrics=compiled["metrics"])
        return model


def _purchase(grade: Any) -> tf.Tensor:
    return tf.cast(grade >= 1, tf.float32)


def _has_teacher(y: Any) -> bool:
    return y.shape.rank == 2 and y.shape[-1] == 2
