"""Random scales that keep the entries of one feature's vector together, some of them zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="intent_tf")
class SectionNormal(keras.initializers.Initializer):
    """Draws one number for each section of the last axis, and repeats it over the section.

    As the first scales of an ensemble it makes each member see each *feature* larger, smaller or mirrored.
    Scales of single entries would blur a feature's embedding, and leave the members more alike.

    With a share below 1 each member begins with some of the features only, as a tree of a random forest does;
    the others start at zero, and come in as far as training wants them. So members err in different places,
    which is what their mean lives on.

    Args:
        sections: Widths of the sections, from left to right.
        share: Probability that a section's number is not zero, in (0, 1]. Default 1.
        seed: Of the draw. Default None: Keras' global seed decides.

    The numbers that are not zero are normal with variance ``1 / share``: all together have variance 1.

    Raises:
        ValueError: If the sections do not add up to the width that is asked for, or the share is no share.

    References:
        - Gorishniy et al. (2024), TabM, on the initialisation of the first adapter.
        - Ho (1998), The Random Subspace Method for Constructing Decision Forests.

    Example:
        >>> row = SectionNormal((2, 3))((16, 5)).numpy()[0]
        >>> bool(row[0] == row[1]), bool(row[1] == row[2])
        (True, False)
    """

    def __init__(self, sections: Sequence[int], share: float = 1.0, seed: int | None = None) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"The share lies in (0, 1]; received {share}.")
        self.sections = tuple(sections)
        self.share = share
        self.seed = seed
        self.normal = keras.initializers.RandomNormal(stddev=share**-0.5, seed=seed)
        # With the same seed both would be made of the same random bits.
        self.uniform = keras.initializers.RandomUniform(0.0, 1.0, seed=None if seed is None else seed + 1)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> tf.Tensor:
        """Draw scales of a shape whose last axis holds all sections."""
        if sum(self.sections) != shape[-1]:
            raise ValueError(f"The sections add up to {sum(self.sections)}, but the width is {shape[-1]}.")
        drawn = (*shape[:-1], len(self.sections))
        numbers = tf.convert_to_tensor(self.normal(drawn, dtype))
        seen = tf.convert_to_tensor(self.uniform(drawn)) < self.share
        return tf.repeat(tf.where(seen, numbers, tf.zeros_like(numbers)), self.sections, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"sections": self.sections, "share": self.share, "seed": self.seed}
