from __future__ import annotations

import pytest

from intent_tf.decisions.experiments.sample_size import ratio_p_value
from intent_tf.errors import InputError


def test_the_p_value_is_that_of_the_squared_normal() -> None:
    # (450 - 500)^2 / 500 + (550 - 500)^2 / 500 = 10, and sqrt(10) standard deviations have p = 0.001565
    assert ratio_p_value(450, 550) == pytest.approx(0.0015654, abs=1e-7)


def test_an_uneven_plan_is_no_mismatch() -> None:
    assert ratio_p_value(900, 100, share=0.1) == 1


def test_an_empty_arm_is_an_error() -> None:
    with pytest.raises(InputError, match="100 and 0 users"):
        ratio_p_value(100, 0)
