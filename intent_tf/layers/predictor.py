"""The head that turns a vector into the logits of intent."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.block_normal import BlockNormal
from intent_tf.layers.ensemble_dense import EnsembleDense
from intent_tf.layers.optioned_layer import OptionedLayer
from intent_tf.options.as_tuple import as_tuple


@keras.saving.register_keras_serializable(package="intent_tf")
class Predictor(OptionedLayer):
    """A small dense network, or an ensemble of them in one, that ends in one logit for each member.

    With ``ensemble_size=1`` it is the plain predictor: dense layers with ReLU and dropout, then one output.
    With more it is an ensemble of such networks (TabM): hidden kernels are shared, and each member has
    scales, biases and a last layer of its own::

        logit_m = kernel_m · hidden_m(x) + bias_m

    Train on the mean of the members' losses (each member learns alone), and predict with the mean of their
    probabilities; their spread says how sure the ensemble is.

    Args:
        units: int or sequence of ints, the width of each hidden layer. Defaults to (64, 64).
        ensemble_size: int, the number of networks in the ensemble. Defaults to 16.
        dropout: float in [0, 1), the share of hidden outputs dropped in training; all members drop the same
            ones of a row, which is as good and takes a fraction of the random numbers. Defaults to 0.1.
        feature_blocks: int or sequence of ints, the widths of the parts of the input that are one feature's
            vector each; every member starts with one random scale for each. Defaults to None: every entry is
            a feature.
        prior: float in (0, 1), the probability that the last biases alone state before training; the
            training rows' share of purchases saves the first steps. Defaults to 0.5.
        kernel_regularizer: Regularizer of every kernel. Defaults to None.
        bias_regularizer: Regularizer of every bias. Defaults to None.
        kernel_constraint: Constraint of every kernel. Defaults to None.
        bias_constraint: Constraint of every bias. Defaults to None.
        **kwargs: Keyword arguments of `keras.layers.Layer`, such as ``name``.

    Call arguments:
        inputs: float tensor of shape ``(batch, input_dim)``.
        training: bool, whether to drop hidden outputs.

    Returns:
        float tensor of shape ``(batch, ensemble_size)``, the logits.

    Raises:
        InputError: If the prior is not in (0, 1).
        ValueError: If another argument is out of its range, or the input has not two axes.

    Example:
        >>> import numpy as np
        >>> Predictor(units=(8,), ensemble_size=4)(np.ones((2, 5), "float32")).shape
        TensorShape([2, 4])

    References:
        - Gorishniy et al. (2024), TabM: Advancing Tabular Deep Learning with Parameter-Efficient Ensembling.
    """

    def __init__(
        self,
        units: int | Sequence[int] = (64, 64),
        ensemble_size: int = 16,
        dropout: float = 0.1,
        feature_blocks: int | Sequence[int] | None = None,
        prior: float = 0.5,
        *,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not 0 < prior < 1:
            raise InputError(f"Predictor got prior={prior}", expected="a probability between 0 and 1")
        self.units = as_tuple(units)
        self.ensemble_size = ensemble_size
        self.dropout = dropout
        self.feature_blocks = None if feature_blocks is None else as_tuple(feature_blocks)
        self.prior = prior
        self.keep_options("kernel", None, kernel_regularizer, kernel_constraint)
        self.keep_options("bias", None, bias_regularizer, bias_constraint)
        self.hidden = [self._hidden(width, first=not index) for index, width in enumerate(self.units)]
        noise_shape = None if ensemble_size == 1 else (None, 1, None)
        self.drops = [keras.layers.Dropout(dropout, noise_shape) for _ in self.units]
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def _hidden(self, width: int, first: bool) -> keras.layers.Layer:
        options = {
            "activation": "relu",
            "kernel_regularizer": self.kernel_regularizer,
            "bias_regularizer": self.bias_regularizer,
            "kernel_constraint": self.kernel_constraint,
            "bias_constraint": self.bias_constraint,
        }
        if self.ensemble_size == 1:
            return keras.layers.Dense(width, **options)
        scale: Any = "ones"
        if first:
            scale = (
                BlockNormal(self.feature_blocks)
                if self.feature_blocks
                else keras.initializers.RandomNormal(stddev=1.0)
            )
        return EnsembleDense(width, self.ensemble_size, input_scale_initializer=scale, **options)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the layers and each member's last kernel."""
        shape: Any = tuple(input_shape)
        for layer in self.hidden:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        width = shape[-1]
        spread = keras.initializers.RandomUniform(-(width**-0.5), width**-0.5)
        self.kernel = self.new_weight("kernel", (self.ensemble_size, width), spread)
        log_odds = keras.initializers.Constant(math.log(self.prior / (1 - self.prior)))
        self.bias = self.new_weight("bias", (self.ensemble_size,), log_odds)

    def call(self, inputs: Any, training: bool | None = None) -> tf.Tensor:
        """Map ``(batch, input_dim)`` to logits ``(batch, ensemble_size)``."""
        return tf.reduce_sum(self.last_layer(inputs, training) * self.kernel, axis=-1) + self.bias

    def last_layer(self, inputs: Any, training: bool | None = None) -> tf.Tensor:
        """Compute what each member's logit is linear in.

        Args:
            inputs: float tensor of shape ``(batch, input_dim)``.
            training: bool, whether to drop hidden outputs.

        Returns:
            float tensor of shape ``(batch, ensemble_size, width)``, or ``(batch, 1, width)`` without a hidden
            layer, where all members see the input itself.
        """
        x = inputs
        for layer, drop in zip(self.hidden, self.drops, strict=True):
            x = drop(layer(x), training=training)
        return x[:, None, :] if x.shape.rank == 2 else x

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the logits, ``(batch, ensemble_size)``."""
        return (input_shape[0], self.ensemble_size)
