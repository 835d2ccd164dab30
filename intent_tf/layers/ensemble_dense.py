"""A dense layer for many networks at once that share one kernel."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.layers.optioned_layer import OptionedLayer


@keras.saving.register_keras_serializable(package="intent_tf")
class EnsembleDense(OptionedLayer):
    """The dense layer of an ensemble whose members share the kernel and scale its ends.

    An ensemble predicts better than its members and tells by their spread how sure it is, at the price of all
    their kernels. Here member *m* has only vectors of its own::

        y_m = activation(((x_m ∘ r_m) K) ∘ s_m + b_m)

    so that all members are trained in one pass, for little more weights than one network has.

    A first layer, whose input the members share, is computed as one product with the kernels
    ``diag(r_m) K`` beside each other, which spares the copies of the input.

    Args:
        units: int, the number of outputs of each member.
        ensemble_size: int, the number of members.
        activation: Keras activation of the outputs. Defaults to None: they stay as they are.
        kernel_initializer: Initializer of K. Defaults to `"lecun_uniform"`.
        bias_initializer: Initializer of b. Defaults to `"zeros"`.
        input_scale_initializer: Initializer of r. Defaults to `"ones"`; a first layer needs a random one,
            such as ``RandomNormal(stddev=1.0)``, because otherwise its members would start, and stay, equal.
        kernel_regularizer: Regularizer of K. Defaults to None.
        bias_regularizer: Regularizer of b. Defaults to None.
        kernel_constraint: Constraint of K. Defaults to None.
        bias_constraint: Constraint of b. Defaults to None.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: float tensor of shape ``(batch, input_dim)``, which the members share, or
            ``(batch, ensemble_size, input_dim)``.

    Returns:
        float tensor of shape ``(batch, ensemble_size, units)``.

    Raises:
        ValueError: If the input has neither of the two shapes.

    Example:
        >>> import numpy as np
        >>> EnsembleDense(units=3, ensemble_size=16)(np.ones((2, 5), "float32")).shape
        TensorShape([2, 16, 3])

    References:
        - Wen, Tran, Ba (2020), BatchEnsemble.
        - Gorishniy et al. (2024), TabM.
    """

    def __init__(
        self,
        units: int,
        ensemble_size: int,
        activation: Any = None,
        *,
        kernel_initializer: Any = "lecun_uniform",
        bias_initializer: Any = "zeros",
        input_scale_initializer: Any = "ones",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if min(units, ensemble_size) < 1:
            raise ValueError(
                f"`units` and `ensemble_size` are at least 1; received {units} and {ensemble_size}."
            )
        self.units = units
        self.ensemble_size = ensemble_size
        self.activation = keras.activations.get(activation)
        # A name stays a name: an initializer draws its seed when it is made, and a layer's seeds are drawn
        # when it is built.
        by_name = isinstance(kernel_initializer, str)
        made = None if by_name else kernel_initializer
        self.keep_options("kernel", made, kernel_regularizer, kernel_constraint)
        if by_name:
            self.kernel_initializer = kernel_initializer
        self.keep_options("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.input_scale_initializer = keras.initializers.get(input_scale_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the shared kernel and each member's scales and bias."""
        if len(input_shape) not in (2, 3) or (len(input_shape) == 3 and input_shape[1] != self.ensemble_size):
            raise ValueError(
                f"Expected (batch, input_dim) or (batch, {self.ensemble_size}, input_dim), "
                f"received {tuple(input_shape)}."
            )
        input_dim = input_shape[-1]
        self.kernel = self.new_weight("kernel", (input_dim, self.units))
        self.scale_in = self.add_weight(
            shape=(self.ensemble_size, input_dim),
            initializer=self.input_scale_initializer,
            name="input_scale",
        )
        self.scale_out = self.add_weight(
            shape=(self.ensemble_size, self.units), initializer="ones", name="output_scale"
        )
        self.bias = self.new_weight("bias", (self.ensemble_size, self.units))
        self.input_spec = keras.layers.InputSpec(min_ndim=2, max_ndim=3, axes={-1: input_dim})

    def call(self, inputs: Any) -> tf.Tensor:
        """Map ``(batch, input_dim)`` or ``(batch, members, input_dim)`` to ``(batch, members, units)``."""
        if inputs.shape.rank == 2:
            kernels = tf.transpose(self.scale_in)[:, :, None] * self.kernel[:, None, :]
            kernels = tf.reshape(kernels, (-1, self.ensemble_size * self.units))
            outputs = tf.reshape(inputs @ kernels, (-1, self.ensemble_size, self.units))
        else:
            outputs = tf.tensordot(inputs * self.scale_in, tf.convert_to_tensor(self.kernel), 1)
        return self.activation(outputs * self.scale_out + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the outputs, ``(batch, ensemble_size, units)``."""
        return (input_shape[0], self.ensemble_size, self.units)
