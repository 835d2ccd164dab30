from __future__ import annotations

import numpy as np
import pytest

from intent_tf.decisions.advertise.targeting import added_by_truth, qini_coefficient, qini_curve
from intent_tf.errors import InputError


def test_hand_computed_curve() -> None:
    curve = qini_curve([3, 3, 2, 1, 1, 0], [1, 0, 1, 1, 0, 0], [1, 0, 1, 0, 0, 1])
    # (1 - 0), (2 - 0), (2 - 0), (2 - 1), over three treated; equal scores come together
    assert curve["share"].tolist() == pytest.approx([0, 2 / 6, 3 / 6, 5 / 6, 1])
    assert curve["added"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 2 / 3, 1 / 3])


def test_the_order_of_equal_scores_counts_for_nothing() -> None:
    treated, outcome = np.array([1, 0, 1, 0]), np.array([1, 0, 0, 1])
    orders = ([0, 1, 2, 3], [3, 2, 1, 0])
    curves = [qini_curve([1, 1, 1, 1], treated[order], outcome[order]) for order in orders]
    assert curves[0].equals(curves[1]) and qini_coefficient(curves[0]) == 0


def test_a_trial_of_known_effects_ranks_the_truth_above_random_above_its_opposite() -> None:
    generator = np.random.default_rng(0)
    effect, treated = generator.uniform(0, 0.4, 20_000), generator.integers(2, size=20_000)
    outcome = (generator.random(20_000) < 0.2 + treated * effect).astype(int)
    scores = (effect, generator.random(20_000), -effect)
    found = [qini_coefficient(qini_curve(score, treated, outcome)) for score in scores]
    # the area of effects uniform in [0, a] over the diagonal is a / 12
    assert found[0] == pytest.approx(0.4 / 12, abs=0.008)
    assert found[1] == pytest.approx(0, abs=0.008) and found[2] == pytest.approx(-0.4 / 12, abs=0.008)


def test_nobody_treated_adds_nothing_and_everybody_the_mean() -> None:
    assert added_by_truth([1, 2], [0.1, 0.3], 0.0) == 0.0
    assert added_by_truth([1, 2], [0.1, 0.3], 1.0) == pytest.approx(0.2)


def test_an_empty_arm_has_no_curve() -> None:
    with pytest.raises(InputError, match="of the treated shoppers there are none"):
        qini_curve([1, 2], [0, 0], [0, 1])
