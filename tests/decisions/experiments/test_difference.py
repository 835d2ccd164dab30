from __future__ import annotations

import numpy as np
import pytest

from intent_tf.decisions.experiments.difference import difference
from intent_tf.errors import InputError


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(0)
    control, treatment = generator.normal(0, 1, (800, 30)), generator.normal(0.5, 3, (800, 60))
    found = [difference(*arms) for arms in zip(control, treatment, strict=True)]
    covered = np.mean([each.low <= 0.5 <= each.high for each in found])
    assert abs(covered - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 800)


def test_hand_computed_difference() -> None:
    # means 1.5 and 2.5; both variances 5/3 of 4 users: standard error sqrt(10/12), 6 degrees of freedom
    found = difference([0, 1, 2, 3], [1, 2, 3, 4])
    assert (found.estimate, found.low) == (1.0, pytest.approx(1 - 2.446912 * np.sqrt(10 / 12), abs=1e-5))


@pytest.mark.parametrize(
    "arms", [([], [1.0, 2.0]), ([1.0, 2.0], [3.0]), ([1, 1], [2, 2]), ([1, np.nan], [1, 2])]
)
def test_an_arm_that_says_nothing_is_an_error(arms: tuple[list[float], list[float]]) -> None:
    with pytest.raises(InputError):
        difference(*arms)
