"""Clicks and conversions in one model, learnt from all impressions: ESMM."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.columns.rows import Rows
from intent_tf.data.splitting import SplitPlan
from intent_tf.decisions.advertise.funnel import BOTH, CLICK
from intent_tf.decisions.intent import IDENTIFIERS, SMALL
from intent_tf.errors import InputError
from intent_tf.layers.predictor import Predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model, train_model


@keras.saving.register_keras_serializable(package="intent_tf")
class FunnelPredictor(keras.layers.Layer):
    """Two predictors on the same vectors: of the click, and of the conversion of a click.

    Args:
        click: Vectors to logits of a click, ``(batch, members)``.
        conversion: Vectors to logits of a conversion, given a click, ``(batch, members)``.
        **kwargs: Those of every Keras layer.

    Shapes: ``(batch, inputs)`` to logits ``(batch, members, 2)``.
    """

    def __init__(self, click: Predictor, conversion: Predictor, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.click = click
        self.conversion = conversion

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights of both."""
        for each in (self.click, self.conversion):
            if not each.built:  # a layer that was loaded has built its parts already
                each.build(input_shape)

    def call(self, inputs: Any, training: bool | None = None) -> tf.Tensor:
        """Map vectors to logits ``(batch, members, 2)``."""
        return tf.stack([each(inputs, training=training) for each in (self.click, self.conversion)], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        parts = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in _PARTS}
        return {**super().get_config(), **parts}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FunnelPredictor:
        """Return what `get_config` described."""
        parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in _PARTS}
        return cls(**{**config, **parts})


_PARTS = ("click", "conversion")


@keras.saving.register_keras_serializable(package="intent_tf")
class EntireSpaceModel(IntentModel):
    r"""States how probable a click is, and a click that leads to a purchase.

    Conversions are seen after clicks only, but have to be predicted for every impression. A model fitted on
    clicked rows alone has seen none of those where it is used. Here the conversion has no loss of its own:

    .. math:: p(\text{click, purchase} | x) = p(\text{click} | x) \, p(\text{purchase} | \text{click}, x)

    The product is fitted to all impressions, and so is its first factor; the second one follows.

    Args:
        preprocessor: Adapted on training rows.
        extractor: Turns features into vectors, for both.
        predictor: A `FunnelPredictor`.
        **kwargs: As of `IntentModel`.

    Shapes: as `IntentModel` takes, to float32 ``(batch, 2)``: the probability of a click, and of both; in
        training ``(batch, members, 2)``.

    Reference:
        Ma et al. (2018), Entire Space Multi-Task Model: An Effective Approach for Estimating Post-Click
        Conversion Rate.
    """

    def call(self, inputs: Any, training: bool | None = None) -> tf.Tensor:
        """State the probabilities ``(batch, 2)``; in training ``(batch, members, 2)``."""
        factors = tf.sigmoid(self.logits(inputs, training=training))
        members = tf.math.cumprod(factors, axis=-1)
        return members if training else tf.reduce_mean(members, axis=1)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Take the mean of the members' losses of both labels, ``y`` of shape ``(batch, 2)``."""
        y_pred = y_pred if y_pred.shape.rank == 3 else y_pred[:, None]
        y = tf.broadcast_to(tf.cast(y, tf.float32)[:, None], tf.shape(y_pred))
        # Keras takes the mean over the last axis: of the members and both labels, for each row.
        y, y_pred = (tf.reshape(each, (-1, y_pred.shape[1] * 2)) for each in (y, y_pred))
        return keras.Model.compute_loss(self, x, y, y_pred, sample_weight, training)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the metrics by the members' means."""
        y_pred = tf.reduce_mean(y_pred, axis=1) if y_pred.shape.rank == 3 else y_pred
        return keras.Model.compute_metrics(self, x, y, y_pred, sample_weight)

    def rates(self, examples: pd.DataFrame) -> pd.DataFrame:
        """Predict the rates of advertising.

        Args:
            examples: Raw columns, one impression a row.

        Returns:
            ``ctr`` (a click), ``cvr`` (a purchase, given a click) and ``ctcvr`` (both, their product), each
            in [0, 1], with the index of the examples.
        """
        click, both = self.predict(examples).astype(np.float64).T
        return pd.DataFrame({"ctr": click, "cvr": both / click, "ctcvr": both}, index=examples.index)


def fit_entire_space(
    examples: pd.DataFrame, *, training: TrainingConfig = SMALL, seed: int = 0
) -> EntireSpaceModel:
    """Train on impressions.

    Args:
        examples: Features, ``user_id`` and the labels ``click`` and ``click_and_purchase``.
        training: The model and how it is trained.
        seed: Of the split, the weights and the order of rows.

    Raises:
        InputError: If a label is missing or has one value only, or a purchase follows no click.
    """
    for label in (CLICK, BOTH):
        if label not in examples.columns or examples[label].nunique() < 2:
            raise InputError(
                "the label is missing or always the same",
                column=label,
                expected="both outcomes",
                remedy="take a longer window",
            )
    if (examples[BOTH] > examples[CLICK]).any():
        raise InputError("a row is 1 without a click", column=BOTH, expected=f"0 where {CLICK!r} is 0")
    keras.utils.set_random_seed(seed)
    identifiers = [name for name in IDENTIFIERS[1:] if name in examples.columns]
    plan = SplitPlan(test_fraction=0.1, validation_fraction=0.15, group="user_id")
    data = _with_both(preprocess_data(examples, CLICK, drop=[*identifiers, BOTH], plan=plan, seed=seed))
    single = create_model(replace(data, train=_column(data.train, 0)), training)
    clicks, both = data.train.label.mean(axis=0)
    alike = single.predictor.get_config()
    click, conversion = (
        Predictor.from_config({**alike, "name": name, "prior": float(np.clip(prior, 1e-3, 1 - 1e-3))})
        for name, prior in zip(_PARTS, (clicks, both / clicks), strict=True)
    )
    predictor = FunnelPredictor(click, conversion, name="funnel")
    model = EntireSpaceModel(data.preprocessor, single.extractor, predictor)
    log_loss = keras.metrics.BinaryCrossentropy(name="log_loss")
    model.compile(optimizer=single.optimizer, loss="binary_crossentropy", metrics=[log_loss])
    with tempfile.TemporaryDirectory() as folder:
        train_model(model, data, training, Path(folder), seed=seed, verbose=0)
    return model


def _with_both(data: PreparedData) -> PreparedData:
    """Put the second label beside the first: ``(rows, 2)``."""

    def both(rows: Rows) -> Rows:
        second = rows.frame[BOTH].to_numpy(np.float32)
        return replace(rows, label=np.column_stack([rows.label, second]))

    return replace(data, train=both(data.train), validation=both(data.validation), test=both(data.test))


def _column(rows: Rows, index: int) -> Rows:
    return replace(rows, label=rows.label[:, index])
