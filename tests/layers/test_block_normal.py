from __future__ import annotations

import keras
import numpy as np
import pytest

from intent_tf.layers.block_normal import BlockNormal


def test_a_feature_block_has_one_number_in_each_row() -> None:
    scales = BlockNormal((3, 1, 2))((50, 6)).numpy()
    assert (scales == scales[:, [0, 0, 0, 3, 4, 4]]).all()
    assert len(np.unique(scales)) == 50 * 3


def test_the_numbers_are_standard_normal() -> None:
    scales = BlockNormal((2,), seed=0)((20_000, 2)).numpy()[:, 0]
    assert abs(scales.mean()) < 0.03 and abs(scales.std() - 1) < 0.03


def test_feature_blocks_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 6, but the width is 7"):
        BlockNormal((3, 1, 2))((50, 7))


def test_its_configuration_brings_it_back() -> None:
    config = keras.initializers.serialize(BlockNormal((3, 1), seed=5))
    restored = keras.initializers.deserialize(config)
    np.testing.assert_array_equal(restored((4, 4)), BlockNormal((3, 1), seed=5)((4, 4)))
