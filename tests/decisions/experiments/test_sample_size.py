from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.decisions.experiments.sample_size import power, sample_size
from intent_tf.errors import InputError


def test_the_closed_form_for_equal_arms() -> None:
    # 2 arms of 2 (1.959964 + 0.841621)^2 0.09 / 0.01^2 = 14128.0 users
    assert sample_size(0.01, 0.3) == 2 * 14_128


@settings(max_examples=20, deadline=None)
@given(st.floats(0.02, 1.0), st.floats(0.3, 0.95), st.floats(0.2, 0.8))
def test_the_sample_size_has_the_power_it_promises(difference: float, wanted: float, share: float) -> None:
    users = sample_size(difference, 1.0, wanted, share=share)
    assert power(users, difference, 1.0, share=share) >= wanted - 0.01


def test_halving_the_difference_needs_four_times_the_users() -> None:
    assert sample_size(0.05, 1.0) / sample_size(0.1, 1.0) == pytest.approx(4, rel=1e-3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"difference": 0.0, "deviation": 1.0}, "difference is 0"),
        ({"difference": 0.1, "deviation": 0.0}, "deviation is 0"),
        ({"difference": 0.1, "deviation": 1.0, "power": 0.01}, "power is 0.01"),
        ({"difference": 0.1, "deviation": 1.0, "alpha": 0.0}, "alpha is 0"),
    ],
)
def test_what_has_no_answer_is_refused(options: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        sample_size(**options)
