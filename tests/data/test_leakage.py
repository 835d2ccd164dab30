"""Nothing after the prediction time is visible: altering the future changes no feature of any example."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.data.event_log import EVENT_TYPES
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples

BEGIN = pd.Timestamp("2026-01-05", tz="UTC")
SPAN = 20_000  # seconds: several sessions a user
MIDDLE = SPAN // 2
MOMENTS = ("every", "every:2", "1,2,3", f"at:{BEGIN + pd.Timedelta(MIDDLE, 's')}")
#: Two events of a user of their own, so that no log makes no example.
SURE = [("eve", "v", MIDDLE - second, "detail", str(second), "", 1.0) for second in (10, 0)]

Rows = list[tuple[Any, ...]]


def events(earliest: int = 0) -> st.SearchStrategy[Rows]:
    event = st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.sampled_from(["s", "t", "u"]),
        st.integers(earliest, SPAN),
        st.sampled_from(EVENT_TYPES),
        st.sampled_from(["a", "b", ""]),
        st.sampled_from(["cap", "红帽", ""]),
        st.sampled_from([1.0, 2.5]),
    )
    return st.lists(event, max_size=25)


def features_until(
    prediction_time: int, rows: Rows, definition: ExampleDefinition, given_sessions: bool
) -> pd.DataFrame:
    names = ["user_id", "session_id", "second", "event_type", "item_id", "text", "price"]
    log = pd.DataFrame([*rows, *SURE], columns=names)
    log["timestamp"] = BEGIN + pd.to_timedelta(log.pop("second"), "s")
    log = log if given_sessions else log.drop(columns="session_id")
    examples = prepare_examples(log, definition).examples.drop(columns=definition.label)
    return examples[examples["prediction_time"] <= BEGIN + pd.Timedelta(prediction_time, "s")].reset_index(
        drop=True
    )


@settings(max_examples=40, deadline=None)
@given(
    st.data(),
    events(),
    st.integers(MIDDLE, SPAN - 1),
    st.booleans(),
    st.sampled_from(MOMENTS),
    st.sampled_from(["cart", "none"]),
)
def test_altering_deleting_or_permuting_later_events_changes_no_example_but_its_label(
    data: st.DataObject,
    rows: Rows,
    prediction_time: int,
    given_sessions: bool,
    prediction_times: str,
    cut: Literal["cart", "none"],
) -> None:
    definition = ExampleDefinition(prediction_times=prediction_times, cut=cut)
    past = [row for row in rows if row[2] <= prediction_time]
    altered = data.draw(st.permutations([*past, *data.draw(events(earliest=prediction_time + 1))]))
    before = features_until(prediction_time, rows, definition, given_sessions)
    after = features_until(prediction_time, altered, definition, given_sessions)
    pd.testing.assert_frame_equal(before, after)
