from __future__ import annotations

import keras
import numpy as np
import pytest

from intent_tf.layers.text_cnn.monotone_activations import MONOTONE, is_monotone


@pytest.mark.parametrize("name", sorted(MONOTONE))
def test_an_activation_of_the_list_never_falls(name: str) -> None:
    values = keras.activations.get(name)(np.linspace(-9, 9, 1001, dtype="float32"))
    assert (np.diff(values) >= -1e-6).all()


@pytest.mark.parametrize("name", ["gelu", "silu", "mish", "softmax"])
def test_an_activation_that_may_fall_is_not_on_the_list(name: str) -> None:
    assert not is_monotone(keras.activations.get(name))


def test_an_activation_of_ones_own_is_not_known() -> None:
    assert not is_monotone(lambda x: x)
