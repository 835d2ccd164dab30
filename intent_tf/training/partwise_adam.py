"""Adam with a learning rate for each part of a network."""

from collections.abc import Sequence
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
        factors: Pairs of a layer, or a weight, and its factor; the first that fits counts. Or, as a
            configuration holds them, one factor for each weight that is trained.
        otherwise: Factor of all other weights. Default 1.
        undecayed: Pieces of the paths of weights that ``weight_decay`` leaves alone.
        **kwargs: See `FusedAdam`.

    Raises:
        ValueError: If there is not one factor for each weight.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-3,
        factors: Sequence[Any] = (),
        otherwise: float = 1.0,
        undecayed: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.otherwise = otherwise
        self.undecayed = list(undecayed)
        self._parts = [each for each in factors if isinstance(each, tuple)]
        self.factors = [] if self._parts else list(factors)
        if self.undecayed:
            self.exclude_from_weight_decay(var_names=self.undecayed)

    def build(self, variables: list[keras.Variable]) -> None:
        """Create the state, and find the factor of each variable."""
        if not self.factors:
            found = {
                id(weight): factor
                for part, factor in reversed(self._parts)
                for weight in getattr(part, "weights", [part])
            }
            self.factors = [found.get(id(variable), self.otherwise) for variable in variables]
        if len(self.factors) != len(variables):
            raise ValueError(f"{len(self.factors)} factors for {len(variables)} weights")
        super().build(variables)

    def update_step(self, gradient: Any, variable: tf.Variable, learning_rate: Any) -> None:
        """Update one variable in place."""
        factor = self.factors[self._get_variable_index(variable)]
        super().update_step(gradient, variable, learning_rate * factor)

    def _update_model_variables_moving_average(self, trainable_variables: Any) -> None:
        steps = tf.cast(self.iterations.value, tf.float32)
        momentum = tf.minimum(self.ema_momentum, (1 + steps) / (10 + steps))
        for variable, average in zip(trainable_variables, self._model_variables_moving_average, strict=True):
            change = tf.cast(1 - momentum, average.dtype) * (variable.value - average.value)
            average.value.assign_add(change)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"factors": self.factors, "otherwise": self.otherwise, "undecayed": self.undecayed}
        return {**super().get_config(), **own}
