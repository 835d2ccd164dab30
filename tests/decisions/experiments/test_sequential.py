from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from intent_tf.decisions.experiments.sequential import (
    always_valid_margin,
    always_valid_p_values,
    mixture_ratio,
)
from intent_tf.errors import InputError


@pytest.mark.parametrize(("d", "v", "tau"), [(0.0, 1.0, 1.0), (0.3, 0.04, 0.1), (-0.5, 0.09, 0.4)])
def test_the_closed_form_is_the_integral_over_effects(d: float, v: float, tau: float) -> None:
    def integrand(effect: float) -> float:
        return float(norm.pdf(d, effect, np.sqrt(v)) * norm.pdf(effect, 0, tau))

    integral = quad(integrand, -8 * tau, 8 * tau)[0] / norm.pdf(d, 0, np.sqrt(v))
    assert mixture_ratio(d, v, tau) == pytest.approx(integral, rel=1e-6)


def test_the_margin_ends_where_the_ratio_reaches_one_over_alpha() -> None:
    margin = always_valid_margin(0.2, tau=0.7, alpha=0.05)
    assert mixture_ratio(margin, 0.2, 0.7) == pytest.approx(20)


def test_the_p_value_never_rises() -> None:
    p_values = always_valid_p_values([0.1, 3.0, 0.0], [1.0, 1.0, 1.0], tau=1.0)
    assert p_values[2] == p_values[1] < p_values[0]


def test_tau_must_be_positive() -> None:
    with pytest.raises(InputError, match="tau is 0"):
        mixture_ratio(1.0, 1.0, 0.0)
