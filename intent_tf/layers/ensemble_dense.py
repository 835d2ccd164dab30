"""A dense layer for many networks at once that share one kernel."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class EnsembleDense(keras.layers.Layer):
    """The dense layer of an ensemble whose members share the kernel and scale its ends.

    An ensemble predicts better than its members and tells by their spread how sure it is, at the price of all
    their kernels. Here member *m* has only vectors of its own::

        y_m = activation(((x_m ∘ r_m) K) ∘ s_m + b_m)

    so that all members are trained in one pass, for little more weights than one network has.

    A first layer, whose input the members share, is computed as one product with the kernels
    ``diag(r_m) K`` beside each other, which spares the copies of the input.

    Args:
        units: Outputs of each member.
        ensemble_size: Networks in the ensemble.
        activation: Keras activation of the outputs, or None. Default None.
        input_scale: Initializer of r. Default "ones"; a first layer needs a random one, such as
            ``RandomNormal(stddev=1.0)``, because otherwise its members would start, and stay, equal.
        **kwargs: Those of every Keras layer, such as ``name``.

    Shapes: ``(batch, inputs)``, shared by the members, or ``(batch, members, inputs)``,
        to ``(batch, members, units)``.

    Raises:
        ValueError: If an input of three dimensions has not ``members`` in its second.

    References:
        - Wen, Tran, Ba (2020), BatchEnsemble.
        - Gorishniy et al. (2024), TabM.

    Example:
        >>> import numpy as np
        >>> EnsembleDense(units=3, ensemble_size=16)(np.ones((2, 5), "float32")).shape
        TensorShape([2, 16, 3])
    """

    def __init__(
        self, units: int, ensemble_size: int, activation: Any = None, input_scale: Any = "ones", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.ensemble_size = ensemble_size
        self.activation = keras.activations.get(activation)
        self.input_scale = keras.initializers.get(input_scale)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the shared kernel and each member's scales and bias."""
        if len(input_shape) not in (2, 3) or (len(input_shape) == 3 and input_shape[1] != self.ensemble_size):
            raise ValueError(
                f"Expected (batch, inputs) or (batch, {self.ensemble_size}, inputs), "
                f"received {tuple(input_shape)}."
            )
        inputs = input_shape[-1]
        self.kernel = self.add_weight(shape=(inputs, self.units), initializer="lecun_uniform", name="kernel")
        self.scale_in = self.add_weight(
            shape=(self.ensemble_size, inputs), initializer=self.input_scale, name="input_scale"
        )
        self.scale_out = self.add_weight(
            shape=(self.ensemble_size, self.units), initializer="ones", name="output_scale"
        )
        self.bias = self.add_weight(shape=(self.ensemble_size, self.units), initializer="zeros", name="bias")

    def call(self, inputs: Any) -> tf.Tensor:
        """Map ``(batch, inputs)`` or ``(batch, members, inputs)`` to ``(batch, members, units)``."""
        if inputs.shape.rank == 2:
            kernels = tf.transpose(self.scale_in)[:, :, None] * self.kernel[:, None, :]
            kernels = tf.reshape(kernels, (-1, self.ensemble_size * self.units))
            outputs = tf.reshape(inputs @ kernels, (-1, self.ensemble_size, self.units))
        else:
            outputs = tf.tensordot(inputs * self.scale_in, tf.convert_to_tensor(self.kernel), 1)
        return self.activation(outputs * self.scale_out + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Batch, members, units."""
        return (input_shape[0], self.ensemble_size, self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = {
            "units": self.units,
            "ensemble_size": self.ensemble_size,
            "activation": keras.activations.serialize(self.activation),
            "input_scale": keras.initializers.serialize(self.input_scale),
        }
        return {**super().get_config(), **config}
