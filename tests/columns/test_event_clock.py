from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.columns.event_clock import EventClock

NAN = np.nan


@pytest.mark.parametrize(
    ("times", "name", "runs"),
    [
        ([[0.0, 3.0], [0.0], [0.0, 9.0]], "seconds", "elapsed"),
        ([[0.0, 3.0], [0.0], [5.0, 9.0]], "seconds", "elapsed"),
        ([[1.0, 3.0], [7.0], [0.0, 9.0]], "day", "rising"),
        ([[9.0, 3.0], [7.0], [4.0, 4.0]], "days_before", "falling"),
        ([[50.0, 52.0], [70.0, 90.0]], "elapsed", "elapsed"),
        ([[], [NAN]], "seconds", "elapsed"),
    ],
)
def test_how_times_run_is_told_by_most_rows(times: list[list[float]], name: str, runs: str) -> None:
    assert EventClock.of(tf.ragged.constant(times, tf.float32, ragged_rank=1), name).runs == runs


def numbers(clock: EventClock, times: list[float]) -> dict[str, float]:
    computed = clock.numbers(tf.constant([times]))
    return dict(zip(clock.names, [float(each[0]) for each in computed], strict=True))


def test_events_of_a_row_without_any_are_none() -> None:
    found = numbers(EventClock("falling", (7.0,)), [NAN])
    assert (found["events"], found["within 7"]) == (0, 0) and np.isnan(found["first"])


@pytest.mark.parametrize("runs", ["rising", "falling"])
def test_padding_changes_no_number(runs: Any) -> None:
    clock, times = EventClock(runs, (2.0, 5.0)), [9.0, 4.0, 1.0] if runs == "falling" else [1.0, 4.0, 9.0]
    assert numbers(clock, times) == numbers(clock, [*times, NAN, NAN])


def test_now_is_the_last_event_unless_times_fall() -> None:
    assert EventClock("rising").ages(tf.constant([[1.0, 4.0, 9.0]])).numpy().tolist() == [[8, 5, 0]]
    assert EventClock("falling").ages(tf.constant([[9.0, 4.0]])).numpy().tolist() == [[9, 4]]
