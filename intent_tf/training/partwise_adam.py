"""Adam with a learning rate for each part of a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from intent_tf.training.fused_adam import FusedAdam


@keras.saving.register_keras_serializable(package="intent_tf")
class PartwiseAdam(FusedAdam):
    """`FusedAdam` whose learning rate is multiplied by a factor for some weights.

    The parts of one network want different steps: the embedding of numbers learns well at rates at which
    the filters of a text extractor memorise the training rows within two epochs.

    With ``use_ema`` the moving average of the weights is warmed up: its momentum after ``t`` steps is
    ``min(ema_momentum, (1 + t) / (10 + t))``, so that it forgets the first weights at once and can be
    judged after the first epoch, also where an epoch has few steps.

    Args:
        learning_rate: Of weights that no factor is given for.
        factors: By a piece of a weight's path, such as ``"/text/"``, the factor; the first that fits counts.
        **kwargs: See `FusedAdam`.
    """

    def __init__(
        self, learning_rate: Any = 1e-3, factors: Mapping[str, float] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.factors = dict(factors or {})

    def update_step(self, gradient: Any, variable: tf.Variable, learning_rate: Any) -> None:
        """Update one variable in place."""
        path = self._trainable_variables[self._get_variable_index(variable)].path
        factor = next((factor for subword, factor in self.factors.items() if subword in path), 1.0)
        super().update_step(gradient, variable, learning_rate * factor)

    def _update_model_variables_moving_average(self, trainable_variables: Any) -> None:
        steps = tf.cast(self.iterations.value, tf.float32)
        momentum = tf.minimum(self.ema_momentum, (1 + steps) / (10 + steps))
        for variable, average in zip(trainable_variables, self._model_variables_moving_average, strict=True):
            change = tf.cast(1 - momentum, average.dtype) * (variable.value - average.value)
            average.value.assign_add(change)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "factors": self.factors}
