from __future__ import annotations

import numpy as np
import tensorflow as tf

from intent_tf.columns.event_arrays import (
    count,
    count_distinct,
    dwell,
    event_before,
    last,
    padded_to,
    present,
    summary,
    winsorised,
)

NAN = np.nan
NUMBERS = tf.constant([[3.0, NAN, 1.0, NAN], [NAN, NAN, NAN, NAN]])
WORDS = tf.constant([["a", "", "b", "a"], ["", "", "", ""]])


def test_what_is_neither_padding_nor_missing_is_present() -> None:
    assert present(NUMBERS).numpy().tolist() == [[True, False, True, False], [False] * 4]
    assert present(WORDS).numpy().tolist() == [[True, False, True, True], [False] * 4]


def test_infinite_numbers_are_not_present() -> None:
    assert not present(tf.constant([[np.inf, -np.inf]])).numpy().any()


def test_a_number_beyond_the_limit_counts_as_the_limit() -> None:
    found = winsorised(tf.constant([[1e38, -3e38, 1e15, -20.5]]))
    assert found.numpy().tolist() == [[np.float32(1e15), -np.float32(1e15), np.float32(1e15), -20.5]]


def test_missing_and_infinite_numbers_stay_missing() -> None:
    assert not present(winsorised(tf.constant([[NAN, np.inf, -np.inf]]))).numpy().any()


def test_the_event_before_the_first_is_the_one_that_was_given() -> None:
    assert event_before(WORDS, "first").numpy()[0].tolist() == [b"first", b"a", b"", b"b"]


def test_dwell_is_the_time_since_the_event_before() -> None:
    found = dwell(tf.constant([[0.0, 10.0, 35.0, NAN]]))
    np.testing.assert_array_equal(found, [[NAN, 10.0, 25.0, NAN]])


def test_the_last_entry_is_the_last_for_which_the_condition_holds() -> None:
    found = last(NUMBERS, present(NUMBERS))
    np.testing.assert_array_equal(found, [1.0, NAN])


def test_events_are_counted_by_row() -> None:
    assert count(WORDS == "a").numpy().tolist() == [2.0, 0.0]


def test_distinct_entries_are_counted_without_the_empty_one() -> None:
    assert count_distinct(WORDS).numpy().tolist() == [2.0, 0.0]


def test_a_summary_is_mean_smallest_largest_and_last_or_missing() -> None:
    np.testing.assert_array_equal(np.transpose(summary(NUMBERS)), [[2.0, 1.0, 3.0, 1.0], [NAN] * 4])


def test_rows_without_any_event_have_nothing_to_summarise() -> None:
    nothing = tf.zeros((2, 0))
    assert np.isnan(summary(nothing)).all() and np.isnan(last(nothing, nothing > 0)).all()
    assert count_distinct(tf.zeros((2, 0), tf.string)).numpy().tolist() == [0.0, 0.0]


def test_padding_is_the_empty_string_or_nan() -> None:
    assert padded_to(tf.constant(5), WORDS).numpy()[0].tolist() == [b"a", b"", b"b", b"a", b""]
    np.testing.assert_array_equal(padded_to(tf.constant(5), NUMBERS)[0], [3.0, NAN, 1.0, NAN, NAN])
