from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from intent_tf.decisions.experiments.difference import cuped
from intent_tf.errors import InputError

NUMBERS = arrays(np.float64, 20, elements=st.floats(-100, 100, width=16))


@given(NUMBERS, NUMBERS)
def test_the_mean_stays(metric: np.ndarray, before: np.ndarray) -> None:
    assert cuped(metric, before).mean() == pytest.approx(metric.mean(), abs=1e-6)


def test_the_variance_falls_to_one_less_the_squared_correlation() -> None:
    generator = np.random.default_rng(0)
    before = generator.normal(size=500)
    metric = 0.8 * before + 0.6 * generator.normal(size=500)
    kept = 1 - np.corrcoef(before, metric)[0, 1] ** 2
    assert cuped(metric, before).var() == pytest.approx(kept * metric.var(), rel=1e-9)


def test_what_never_varied_changes_nothing() -> None:
    assert cuped([1.0, 2.0], [5.0, 5.0]).tolist() == [1.0, 2.0]


def test_other_users_before_are_an_error() -> None:
    with pytest.raises(InputError, match="shape"):
        cuped([1.0, 2.0], [1.0])
