"""Keras' Adam in one pass over memory."""

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class FusedAdam(keras.optimizers.Adam):
    """Adam with the arithmetic of ``keras.optimizers.Adam``, in TensorFlow's fused kernel.

    ``m ← m + (g - m)(1 - β₁)``, ``v ← v + (g² - v)(1 - β₂)``,
    ``w ← w - α m / (√v + ε)`` with ``α = learning_rate √(1 - β₂ᵗ) / (1 - β₁ᵗ)``

    Keras computes each of these operations on its own, and each reads and writes the whole table; an
    embedding of 20,000 words takes two to three times as long that way. Results differ from Keras' only in
    the order of rounding. The constructor, the state and the saved form are those of
    ``keras.optimizers.Adam``; with ``amsgrad`` it *is* that optimiser, since the kernel has no such mode.

    On several replicas it clips the gradient of the whole batch, as on one; Keras clips each replica's.

    Args:
        **kwargs: See ``keras.optimizers.Adam``.

    Example:
        >>> weight = keras.Variable([1.0, 2.0])
        >>> FusedAdam(learning_rate=0.1).apply([tf.constant([0.5, -0.5])], [weight])
        >>> weight.numpy().round(4)
        array([0.9, 2.1], dtype=float32)

    References:
        D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
    """

    def update_step(self, gradient: Any, variable: tf.Variable, learning_rate: Any) -> None:
        """Update one variable in place."""
        if self.amsgrad:
            super().update_step(gradient, variable, learning_rate)
            return
        gradient = tf.cast(tf.convert_to_tensor(gradient), variable.dtype)
        handles = [table.handle for table in self._tables(variable)]
        self._apply(handles, gradient, self._rates(learning_rate, gradient.dtype))

    def _clip_gradients(self, grads: list[Any]) -> list[Any]:
        context = tf.distribute.get_replica_context()
        clips = self.clipnorm or self.global_clipnorm or self.clipvalue
        if not clips or context is None or context.num_replicas_in_sync == 1:
            return super()._clip_gradients(grads)
        whole = super()._clip_gradients(context.all_reduce(tf.distribute.ReduceOp.SUM, grads))
        # The update adds up what the replicas give it.
        return [tf.math.scalar_mul(1 / context.num_replicas_in_sync, gradient) for gradient in whole]

    def _tables(self, variable: tf.Variable) -> list[tf.Variable]:
        index = self._get_variable_index(variable)
        return [variable, self._momentums[index].value, self._velocities[index].value]

    def _rates(self, learning_rate: Any, dtype: tf.DType) -> dict[str, tf.Tensor]:
        rates = {"lr": learning_rate, "beta1": self.beta_1, "beta2": self.beta_2, "epsilon": self.epsilon}
        rates = {name: tf.cast(rate, dtype) for name, rate in rates.items()}
        step = keras.ops.cast(self.iterations + 1, dtype)
        powers = {f"{name}_power": tf.pow(rates[name], step) for name in ("beta1", "beta2")}
        return rates | powers

    def _apply(self, handles: list[tf.Tensor], gradient: tf.Tensor, rates: dict[str, tf.Tensor]) -> None:
        weight, momentum, velocity = handles
        tf.raw_ops.ResourceApplyAdam(
            var=weight, m=momentum, v=velocity, grad=gradient, use_locking=True, **rates
        )
