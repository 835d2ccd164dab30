"""The head that turns a vector into the logits of intent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.layers.block_normal import BlockNormal
from intent_tf.layers.ensemble_dense import EnsembleDense


@keras.saving.register_keras_serializable(package="intent_tf")
class Predictor(keras.layers.Layer):
    """A small dense network, or an ensemble of them in one, that ends in one logit a member.

    With ``ensemble_size=1`` it is the plain predictor: dense layers with ReLU and dropout, then one output.
    With more it is an ensemble of such networks (TabM): hidden kernels are shared, each member has scales,
    biases and a last layer of its own. Train on the mean of the members' losses (each member learns alone),
    and predict with the mean of their probabilities; their spread says how sure the ensemble is.

    Args:
        units: Width of each hidden layer. Default (64, 64).
        ensemble_size: Networks in the ensemble. Default 16.
        dropout: Share of hidden outputs dropped in training, in [0, 1); all members drop the same ones of a
            row, which is as good and takes a fraction of the random numbers. Default 0.1.
        feature_blocks: Widths of the parts of the input that are one feature's vector each; every member
            starts with one random scale for each. Default None: every entry is a feature.
        prior: Probability that the last biases alone state before training, in (0, 1): the training rows'
            share of purchases saves the first steps. Default 0.5.
        **kwargs: Those of every Keras layer, such as ``name``.

    Shapes: ``(batch, inputs)`` to logits ``(batch, members)``.

    References:
        - Gorishniy et al. (2024), TabM: Advancing Tabular Deep Learning with Parameter-Efficient Ensembling.

    Example:
        >>> import numpy as np
        >>> Predictor(units=(8,), ensemble_size=4)(np.ones((2, 5), "float32")).shape
        TensorShape([2, 4])
    """

    def __init__(
        self,
        units: Sequence[int] = (64, 64),
        ensemble_size: int = 16,
        dropout: float = 0.1,
        feature_blocks: Sequence[int] | None = None,
        prior: float = 0.5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = tuple(units)
        self.ensemble_size = ensemble_size
        self.dropout = dropout
        self.feature_blocks = None if feature_blocks is None else tuple(feature_blocks)
        self.prior = prior
        self.hidden = [self._hidden(width, first=not index) for index, width in enumerate(self.units)]
        noise_shape = None if ensemble_size == 1 else (None, 1, None)
        self.drops = [keras.layers.Dropout(dropout, noise_shape) for _ in self.units]

    def _hidden(self, width: int, first: bool) -> keras.layers.Layer:
        if self.ensemble_size == 1:
            return keras.layers.Dense(width, activation="relu")
        scale: Any = "ones"
        if first:
            scale = (
                BlockNormal(self.feature_blocks)
                if self.feature_blocks
                else keras.initializers.RandomNormal(stddev=1.0)
            )
        return EnsembleDense(width, self.ensemble_size, activation="relu", input_scale=scale)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the layers and each member's last kernel."""
        shape: Any = tuple(input_shape)
        for layer in self.hidden:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        width = shape[-1]
        spread = keras.initializers.RandomUniform(-(width**-0.5), width**-0.5)
        self.kernel = self.add_weight(shape=(self.ensemble_size, width), initializer=spread, name="kernel")
        start = keras.initializers.Constant(math.log(self.prior / (1 - self.prior)))
        self.bias = self.add_weight(shape=(self.ensemble_size,), initializer=start, name="bias")

    def call(self, inputs: Any, training: bool | None = None) -> tf.Tensor:
        """Map ``(batch, inputs)`` to logits ``(batch, members)``."""
        return tf.reduce_sum(self.last_layer(inputs, training) * self.kernel, axis=-1) + self.bias

    def last_layer(self, inputs: Any, training: bool | None = None) -> tf.Tensor:
        """Map ``(batch, inputs)`` to what each member's logit is linear in, ``(batch, members, width)``."""
        x = inputs
        for layer, drop in zip(self.hidden, self.drops, strict=True):
            x = drop(layer(x), training=training)
        return x[:, None, :] if x.shape.rank == 2 else x

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Batch, members."""
        return (input_shape[0], self.ensemble_size)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = {"units": self.units, "ensemble_size": self.ensemble_size, "dropout": self.dropout}
        return {**super().get_config(), **config, "feature_blocks": self.feature_blocks, "prior": self.prior}
