"""Weights go from the extractor to Keras' own layers."""

from __future__ import annotations

import numpy as np
import pytest

from intent_tf.layers.text_cnn.to_keras_layers import to_keras_layers

IDS = np.random.default_rng(0).integers(1, 30, (64, 40))


@pytest.mark.parametrize("options", [{}, {"padding": "same", "use_bias": False}, {"mask_zero": False}])
def test_keras_layers_give_what_the_extractor_gives(build_extractor, options) -> None:
    extractor = build_extractor(kernel_sizes=(2, 4), **options)
    np.testing.assert_allclose(to_keras_layers(extractor)(IDS), extractor(IDS), rtol=1e-5, atol=1e-6)
