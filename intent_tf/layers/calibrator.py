"""Corrects a model's outputs so that they are probabilities: of the shoppers at 0.3, three in ten buy."""

from typing import Any, Literal, get_args

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.logit import log_probabilities, logit
from intent_tf.text.configured import Configured

CalibratorKind = Literal["identity", "temperature", "platt", "beta", "isotonic"]
CALIBRATOR_KINDS: tuple[CalibratorKind, ...] = get_args(CalibratorKind)
"""The kinds of calibrators, the simplest first."""


@keras.saving.register_keras_serializable(package="intent_tf")
class Calibrator(Configured, keras.layers.Layer):
    """Maps probabilities to calibrated ones, leaving their order as it is (up to the rounding of float32).

    ============= ==============================================================================
    kind          calibrated probability of s
    ============= ==============================================================================
    `identity`    s
    `temperature` sigmoid(scale * logit(s)), with scale = 1 / temperature > 0
    `platt`       sigmoid(scale * logit(s) + offset)
    `beta`        sigmoid(power * ln(s) - power_of_rest * ln(1 - s) + offset), neither power below 0
    `isotonic`    linear between knots (x, y), both rising; constant outside them
    ============= ==============================================================================

    A new layer changes nothing, whatever its kind; `intent_tf.training.calibration.fit_calibrator` fits one
    on validation rows. Its parameters are weights that training leaves alone, so they are saved and exported
    with the model.

    Args:
        kind: str, the kind of the calibrator, from the table. Defaults to `"identity"`.
        knots: int, the number of knots of an isotonic calibrator, at least 2. Defaults to 64.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        probability: float tensor of shape ``(batch,)``, the probabilities in [0, 1].

    Returns:
        The calibrated probabilities in [0, 1], float32 of shape ``(batch,)``.

    Raises:
        InputError: If the kind is unknown or there are less than 2 knots.
        ValueError: If the input has not one axis.

    Example:
        >>> import numpy as np
        >>> calibrator = Calibrator("platt")
        >>> calibrator.build((None,))
        >>> _ = calibrator.offset.assign(-1.0)
        >>> [round(float(probability), 3) for probability in calibrator(np.array([0.1, 0.5, 0.9]))]
        [0.039, 0.269, 0.768]

    References:
        - Platt (1999), Probabilistic Outputs for Support Vector Machines.
        - Zadrozny & Elkan (2002), Transforming Classifier Scores into Accurate Multiclass Probability
          Estimates.
        - Kull, Silva Filho & Flach (2017), Beta Calibration.
        - Guo, Pleiss, Sun & Weinberger (2017), On Calibration of Modern Neural Networks.
    """

    def __init__(self, kind: CalibratorKind = "identity", knots: int = 64, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if kind not in CALIBRATOR_KINDS:
            raise InputError(
                f"unknown kind of calibrator {kind!r}", expected=f"one of {', '.join(CALIBRATOR_KINDS)}"
            )
        if knots < 2:
            raise InputError(f"{knots} knots", expected="at least 2")
        self.kind = kind
        self.knots = knots
        self.input_spec = keras.layers.InputSpec(ndim=1)

    def build(self, probability_shape: tuple[int | None, ...]) -> None:
        """Create the parameters, so set that probabilities stay as they are."""
        self._starts: list[Any] = []
        if self.kind in ("temperature", "platt"):
            self.scale = self._parameter("scale", (), 1.0)
        if self.kind == "beta":
            self.powers = self._parameter("powers", (2,), 1.0)
        if self.kind in ("platt", "beta"):
            self.offset = self._parameter("offset", (), 0.0)
        if self.kind == "isotonic":
            diagonal = tf.linspace(0.0, 1.0, self.knots)
            self.x = self._parameter("x", (self.knots,), diagonal)
            self.y = self._parameter("y", (self.knots,), diagonal)

    def reset(self) -> None:
        """Let probabilities stay as they are again."""
        for parameter, start in zip(self.weights, self._starts, strict=True):
            parameter.assign(tf.broadcast_to(start, parameter.shape))

    def _parameter(self, name: str, shape: tuple[int, ...], start: Any) -> keras.Variable:
        self._starts.append(start)
        return self.add_weight(
            shape=shape,
            initializer=lambda shape, dtype: tf.cast(tf.broadcast_to(start, shape), dtype),
            trainable=False,
            dtype="float32",
            name=name,
        )

    def call(self, probability: Any) -> tf.Tensor:
        """Calibrate probabilities of shape ``(batch,)``."""
        probability = tf.cast(probability, tf.float32)
        if self.kind == "identity":
            return probability
        if self.kind == "isotonic":
            return self._between_knots(probability)
        if self.kind == "beta":
            of_buying, of_rest = log_probabilities(probability)
            powers = tf.convert_to_tensor(self.powers)
            return tf.sigmoid(powers[0] * of_buying - powers[1] * of_rest + self.offset)
        offset = self.offset if self.kind == "platt" else 0.0
        return tf.sigmoid(self.scale * logit(probability) + offset)

    def _between_knots(self, probability: tf.Tensor) -> tf.Tensor:
        # A sum of clipped ramps is monotone and needs no search for the interval. A ramp between equal knots
        # is a step; where knots are repeated to fill up, its height is 0.
        x, y = tf.convert_to_tensor(self.x), tf.convert_to_tensor(self.y)
        ramps = (probability[:, None] - x[:-1]) / tf.maximum(x[1:] - x[:-1], 1e-30)
        rise = tf.reduce_sum(tf.clip_by_value(ramps, 0.0, 1.0) * (y[1:] - y[:-1]), axis=1)
        return tf.clip_by_value(y[0] + rise, 0.0, 1.0)

    def compute_output_shape(self, probability_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the probabilities."""
        return probability_shape
