"""The corrected t-test, against numbers computed by hand and against chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from intent_tf.errors import InputError
from intent_tf.evaluation.difference import Difference
from intent_tf.evaluation.paired_test import corrected_t_test


def test_it_is_the_plain_t_test_where_no_test_rows_overlap() -> None:
    values = [0.3, 0.1, -0.2, 0.4]
    assert corrected_t_test(values, test_share=0.0).p_value == pytest.approx(ttest_1samp(values, 0).pvalue)


def test_the_correction_widens_the_interval_by_its_formula() -> None:
    values = [0.3, 0.1, -0.2, 0.4, 0.2]
    plain, corrected = corrected_t_test(values, test_share=0.0), corrected_t_test(values)
    widths = [found.high - found.low for found in (plain, corrected)]
    assert widths[1] / widths[0] == pytest.approx(np.sqrt((1 / 5 + 1 / 4) / (1 / 5)))


def test_hand_computed_t() -> None:
    # Mean 3, variance 2.5: t = 3 / √(0.45 · 2.5) = 2.8284 with 4 degrees of freedom.
    assert corrected_t_test([1, 2, 3, 4, 5]).p_value == pytest.approx(0.04742, abs=1e-5)


def test_equal_models_do_not_differ() -> None:
    assert corrected_t_test([0.0, 0.0, 0.0]) == Difference(0.0, 0.0, 0.0, 1.0)


def test_the_same_difference_in_every_fold_is_certain() -> None:
    assert corrected_t_test([0.5, 0.5, 0.5]).p_value == 0.0


def test_one_fold_is_refused() -> None:
    with pytest.raises(InputError, match="at least 2 folds"):
        corrected_t_test([0.1])
