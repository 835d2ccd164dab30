from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.column_bins import ColumnBins, binning_of

numbers = st.lists(st.floats(allow_subnormal=False), min_size=1, max_size=30)


def bins_of(values, binning, bins=10):
    return ColumnBins(values, np.ones(len(values)), binning, bins)


def test_numbers_are_cut_at_quantiles():
    assert bins_of(pd.Series(range(1, 101)), binning_of("number"), bins=4).names == [
        "up to 25.75",
        "25.75 to 50.5",
        "50.5 to 75.25",
        "above 75.25",
        "(missing)",
    ]


def test_a_number_on_a_cut_belongs_below():
    bins = bins_of(pd.Series([1.0, 2.0, 3.0]), binning_of("number"), bins=2)
    assert bins(pd.Series([2.0, 2.1])).tolist() == [0, 1]


def test_a_frequent_number_is_a_bin_of_its_own():
    bins = bins_of(pd.Series([0.0] * 80 + list(range(1, 21))), binning_of("number"), bins=10)
    assert bins(pd.Series([0.0, 0.001])).tolist() == [0, 1]


def test_a_constant_number_has_one_bin():
    assert bins_of(pd.Series([3.0, 3.0]), binning_of("number")).names == ["any", "(missing)"]


def test_a_column_without_values_has_one_bin_and_that_of_missing_ones():
    bins = bins_of(pd.Series([np.nan]), binning_of("number"))
    assert bins(pd.Series([np.nan, 1.0])).tolist() == [1, 0]


@settings(deadline=None)
@given(numbers, numbers, st.integers(2, 12))
def test_every_number_falls_into_a_named_bin_and_order_is_kept(learnt, seen, count):
    bins = bins_of(pd.Series(learnt), binning_of("number"), count)
    index = bins(pd.Series(seen))
    assert ((index >= 0) & (index < len(bins.names))).all()
    assert len(bins.names) <= count + 1
    known = ~np.isnan(seen)
    ordered = index[known][np.argsort(np.array(seen)[known])]
    assert (np.diff(ordered) >= 0).all()


def test_categories_beyond_the_most_frequent_are_together():
    bins = bins_of(pd.Series(["a"] * 3 + ["b"] * 2 + ["c"]), binning_of("category"), bins=2)
    assert bins.names == ["a", "b", "(other)", "(missing)"]
    assert bins(pd.Series(["b", "c", "never seen", None, ""])).tolist() == [1, 2, 2, 3, 3]


def test_coded_categories_are_found_again():
    bins = bins_of(pd.Series([1.0, 1.0, 2.0, np.nan]), binning_of("category"))
    assert bins(pd.Series([2.0, np.nan])).tolist() == [1, 3]


def test_texts_are_cut_by_their_length():
    bins = bins_of(pd.Series(["a" * n for n in range(1, 100)]), binning_of("text"), bins=2)
    assert bins.names == ["up to 50 characters", "above 50 characters", "(missing)"]
    assert bins(pd.Series(["short", "long" * 20, "", None])).tolist() == [0, 1, 2, 2]


@pytest.mark.parametrize("kind", [list, np.array])
def test_sequences_are_cut_by_their_events(kind):
    bins = bins_of(pd.Series([kind(["click"] * n) for n in range(1, 10)]), binning_of("sequence"), bins=2)
    assert bins.names[:2] == ["up to 5 events", "above 5 events"]


def test_times_are_cut_at_quantiles_and_named_by_the_minute():
    times = pd.Series(pd.date_range("2020-01-01", periods=3, tz="UTC"))
    bins = bins_of(times, binning_of("time"), bins=2)
    assert bins.names == ["up to 2020-01-02 00:00", "above 2020-01-02 00:00", "(missing)"]
    assert bins(pd.Series([pd.NaT, times[2]])).tolist() == [2, 1]
