from __future__ import annotations

import keras
import numpy as np
import pytest

from intent_tf.models.section_normal import SectionNormal


def test_a_section_has_one_number_a_row() -> None:
    scales = SectionNormal((3, 1, 2))((50, 6)).numpy()
    assert (scales == scales[:, [0, 0, 0, 3, 4, 4]]).all()
    assert len(np.unique(scales)) == 50 * 3


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2])
def test_the_numbers_have_mean_0_and_variance_1(share: float) -> None:
    scales = SectionNormal((2,), share, seed=0)((20_000, 2)).numpy()[:, 0]
    assert abs(scales.mean()) < 0.03 and abs(scales.std() - 1) < 0.03


def test_the_share_of_them_is_not_zero_whatever_their_size() -> None:
    scales = SectionNormal((1,), share=0.3, seed=0)((20_000, 1)).numpy()
    assert abs((scales != 0).mean() - 0.3) < 0.01
    # A mask of the same random bits as the numbers would cut off one side of them.
    assert abs((scales[scales != 0] > 0).mean() - 0.5) < 0.02


@pytest.mark.parametrize("share", [0.0, 1.1])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="lies in"):
        SectionNormal((3,), share)


def test_sections_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 6, but the width is 7"):
        SectionNormal((3, 1, 2))((50, 7))


def test_its_configuration_brings_it_back() -> None:
    config = keras.initializers.serialize(SectionNormal((3, 1), share=0.7, seed=5))
    restored = keras.initializers.deserialize(config)
    np.testing.assert_array_equal(restored((4, 4)), SectionNormal((3, 1), share=0.7, seed=5)((4, 4)))
