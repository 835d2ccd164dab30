from __future__ import annotations

import numpy as np
import pytest

from intent_tf.decisions.experiments.experiment_table import assign_arms
from intent_tf.decisions.experiments.sample_size import ratio_p_value
from intent_tf.errors import InputError

USERS = [f"u{number}" for number in range(10_000)]


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_share_of_treated_users_is_the_planned_one(share: float) -> None:
    treated = int((assign_arms(USERS, "coupon", share) == "treatment").sum())
    assert ratio_p_value(len(USERS) - treated, treated, share) > 0.001


def test_two_experiments_assign_independently() -> None:
    first, second = (assign_arms(USERS, name) == "treatment" for name in ("coupon", "banner"))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.04


def test_an_arm_that_is_empty_by_design_is_refused() -> None:
    with pytest.raises(InputError, match="share of treated users is 1"):
        assign_arms(USERS, "coupon", share=1)
