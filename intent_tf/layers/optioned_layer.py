"""Layers whose weights take Keras' initializers, regularizers and constraints."""

from typing import Any

import keras

from intent_tf.text.configured import Configured


class OptionedLayer(Configured, keras.layers.Layer):
    """A layer of Keras with weights of several kinds, such as kernels and biases, and options for each kind.

    The options of a kind are attributes named as the constructor's arguments are, such as
    ``kernel_initializer``, ``kernel_regularizer`` and ``kernel_constraint``.
    """

    def keep_options(
        self, kind: str, initializer: Any = None, regularizer: Any = None, constraint: Any = None
    ) -> None:
        """Keep the options of a kind of weights, given in any way in which Keras takes them."""
        setattr(self, f"{kind}_initializer", keras.initializers.get(initializer))
        setattr(self, f"{kind}_regularizer", keras.regularizers.get(regularizer))
        setattr(self, f"{kind}_constraint", keras.constraints.get(constraint))

    def new_weight(
        self, kind: str, shape: tuple[int | None, ...], initializer: Any = None, **options: Any
    ) -> keras.Variable:
        """Create a weight with the options of its kind.

        Args:
            kind: The kind, as `keep_options` knows it, and the weight's name where ``options`` have no other.
            shape: Shape of the weight.
            initializer: Takes the place of the kind's. Defaults to None: the kind's own.
            **options: Further ones of `keras.layers.Layer.add_weight`.
        """
        return self.add_weight(
            shape=shape,
            initializer=initializer or getattr(self, f"{kind}_initializer"),
            regularizer=getattr(self, f"{kind}_regularizer"),
            constraint=getattr(self, f"{kind}_constraint"),
            **{"name": kind, **options},
        )
