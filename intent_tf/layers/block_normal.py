"""Random scales that keep the entries of one feature's vector together."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.options.as_tuple import as_tuple
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class BlockNormal(Configured, keras.initializers.Initializer):
    """Draws one standard normal number for each feature block of the last axis, and repeats it there.

    As the first scales of an ensemble it makes each member see each *feature* larger, smaller or mirrored.
    Scales of single entries would blur a feature's embedding, and leave the members more alike.

    Args:
        feature_blocks: int or sequence of ints, the widths of the feature blocks from left to right.
        seed: int, the seed of the draw. Defaults to None: Keras' global seed decides.

    Returns:
        When called with a shape, scales of that shape.

    Raises:
        ValueError: If the feature blocks do not add up to the last axis of the shape.

    Example:
        >>> row = BlockNormal((2, 3))((16, 5)).numpy()[0]
        >>> bool(row[0] == row[1]), bool(row[1] == row[2])
        (True, False)

    References:
        - Gorishniy et al. (2024), TabM, on the initialisation of the first adapter.
    """

    def __init__(self, feature_blocks: int | Sequence[int], seed: int | None = None) -> None:
        self.feature_blocks = as_tuple(feature_blocks)
        self.normal = keras.initializers.RandomNormal(stddev=1.0, seed=seed)
        self.seed = seed

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> tf.Tensor:
        """Draw scales of a shape whose last axis holds all feature blocks."""
        if sum(self.feature_blocks) != shape[-1]:
            raise ValueError(
                f"The feature blocks add up to {sum(self.feature_blocks)}, but the width is {shape[-1]}."
            )
        return tf.repeat(
            self.normal((*shape[:-1], len(self.feature_blocks)), dtype), self.feature_blocks, axis=-1
        )
