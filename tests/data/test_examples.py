"""What an example is, in numbers worked out by hand on tiny logs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.engines.duckdb import DuckDBEngine
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.data.output_folder import MANIFEST
from intent_tf.errors import InputError

Event = tuple[float, str, str]  # minutes, event type, item


def log_of(events: Sequence[Event], user: str = "ann", session: str | None = None) -> pd.DataFrame:
    log = pd.DataFrame(events, columns=["minute", "event_type", "item_id"])
    log["timestamp"] = pd.Timestamp("2026-01-05 10:00", tz="UTC") + pd.to_timedelta(log.pop("minute"), "min")
    log["user_id"] = user
    return log if session is None else log.assign(session_id=session)


def prepare(*logs: pd.DataFrame, **definition: object) -> Prepared:
    return prepare_examples(pd.concat(logs), ExampleDefinition(**definition))  # type: ignore[arg-type]


def sizes(prepared: Prepared) -> list[int]:
    return prepared.examples["events"].tolist()


def labels(prepared: Prepared, column: str = "purchase") -> list[object]:
    return prepared.examples[column].tolist()


VISIT = [(0, "detail", "a"), (1, "detail", "b"), (2, "cart", "b"), (3, "detail", "c"), (4, "purchase", "b")]


def test_a_pause_longer_than_the_gap_begins_a_session() -> None:
    prepared = prepare(log_of([(0, "detail", "a"), (30, "detail", "b"), (60.1, "detail", "c")]))
    assert prepared.examples["session_id"].tolist() == ["ann-1", "ann-1", "ann-2"]
    assert prepared.counts["sessions"] == 2


def test_given_sessions_are_kept_whatever_the_pauses() -> None:
    prepared = prepare(log_of([(0, "detail", "a"), (600, "detail", "b")], session="s"))
    assert sizes(prepared) == [1, 2]


def test_a_session_is_cut_off_before_its_first_cart() -> None:
    prepared = prepare(log_of(VISIT), prediction_times="every")
    assert sizes(prepared) == [1, 2]
    assert prepared.examples["item_id"].iloc[-1].tolist() == ["a", "b"]


def test_a_purchase_without_a_cart_cuts_off_too() -> None:
    assert sizes(prepare(log_of([(0, "detail", "a"), (1, "purchase", "a"), (2, "detail", "b")]))) == [1]


def test_cutting_at_the_purchase_shows_the_cart() -> None:
    assert sizes(prepare(log_of(VISIT), prediction_times="every", cut="purchase")) == [1, 2, 3, 4]


def test_without_a_cut_what_follows_the_purchase_has_no_purchase_before_it() -> None:
    prepared = prepare(log_of([*VISIT, (5, "detail", "d")]), prediction_times="every", cut="none")
    assert labels(prepared) == [1, 1, 1, 1, 0, 0]


def test_a_session_that_begins_with_a_cart_makes_no_example() -> None:
    prepared = prepare(log_of([(0, "cart", "a"), (1, "detail", "a")]), log_of([(0, "detail", "a")], "bob"))
    assert prepared.examples["user_id"].tolist() == ["bob"]


def test_prefixes_are_made_only_where_the_session_reached_them() -> None:
    clicks = [(minute, "detail", str(minute)) for minute in range(4)]
    assert sizes(prepare(log_of(clicks))) == [1, 2, 3]


def test_every_second_event_is_a_moment() -> None:
    clicks = [(minute, "detail", str(minute)) for minute in range(5)]
    assert sizes(prepare(log_of(clicks), prediction_times="every:2")) == [2, 4]


def test_the_last_moment_is_the_one_before_the_cart() -> None:
    assert sizes(prepare(log_of(VISIT), prediction_times="last")) == [2]


def test_a_fixed_time_finds_the_sessions_open_then() -> None:
    open_then = log_of([(0, "detail", "a"), (10, "detail", "b"), (20, "purchase", "b")])
    over = log_of([(-60, "detail", "a")], "bob")
    later = log_of([(16, "detail", "a")], "cyd")
    in_cart = log_of([(5, "detail", "a"), (6, "cart", "a")], "dan")
    prepared = prepare(open_then, over, later, in_cart, prediction_times="at:2026-01-05T10:15")
    assert prepared.examples[["user_id", "events", "purchase"]].to_numpy().tolist() == [["ann", 2, 1]]


def test_only_the_last_events_are_kept_and_elapsed_still_counts_from_the_first() -> None:
    clicks = [(minute, "detail", str(minute)) for minute in range(3)]
    example = prepare(log_of(clicks), prediction_times="3", max_events=2).examples.iloc[0]
    assert example["elapsed"].tolist() == [60.0, 120.0]
    assert example["events"] == 3


def test_few_visible_events_make_no_example() -> None:
    assert sizes(prepare(log_of(VISIT), prediction_times="every", min_events=2)) == [2]


def test_a_horizon_looks_beyond_the_session() -> None:
    log = log_of([(0, "detail", "a"), (50, "purchase", "a"), (500, "detail", "b")])
    prepared = prepare(log, horizon=3600.0)
    assert prepared.examples[["session_id", "purchase"]].to_numpy().tolist() == [["ann-1", 1]]


def test_a_horizon_beyond_the_end_of_the_log_leaves_the_example_out() -> None:
    log = log_of([(0, "detail", "a"), (59, "detail", "b")])
    with pytest.raises(InputError, match="make no example"):
        prepare(log, horizon=3600.0)


def test_the_strength_is_of_the_strongest_later_action() -> None:
    log = log_of([(0, "browse", ""), (1, "click", "a"), (2, "cart", "a"), (3, "browse", "")])
    prepared = prepare(log, label="action_level", prediction_times="every", cut="none")
    assert labels(prepared, "action_level") == [2 / 3, 2 / 3, 0.0, 0.0]


def test_the_next_action_is_the_type_of_the_next_event() -> None:
    prepared = prepare(log_of(VISIT[:3]), label="next_action", prediction_times="every", cut="none")
    assert labels(prepared, "next_action") == ["detail", "cart", "end"]


def test_a_double_fired_event_is_removed_and_counted() -> None:
    log = log_of([(0, "detail", "a"), (0.01, "detail", "a"), (0.02, "detail", "b"), (1, "detail", "a")])
    prepared = prepare(log, prediction_times="every")
    assert prepared.examples["item_id"].iloc[-1].tolist() == ["a", "b", "a"]
    assert prepared.counts["double_fired"] == 1


def test_a_session_makes_no_example_once_it_is_a_bots_and_is_counted() -> None:
    bot = log_of([(0.001 * click, "detail", str(click)) for click in range(12)], "bot")
    prepared = prepare(bot, log_of(VISIT), prediction_times="every")
    assert prepared.examples["user_id"].value_counts().to_dict() == {"bot": 9, "ann": 2}
    assert prepared.counts["bot_sessions"] == 1


@pytest.mark.parametrize("lines", [7, 9, 400])
def test_the_lines_of_an_order_are_one_act_and_come_too_late_to_make_a_bot(lines: int) -> None:
    views = [(0.01 * view, "detail", str(view)) for view in range(3)]
    order = [(1 + 0.01 * line / lines, "purchase", str(line)) for line in range(lines)]
    assert labels(prepare(log_of([*views, *order]))) == [1, 1, 1]
    prepared = prepare(log_of([*views, *order]), prediction_times="last", cut="none")
    assert (sizes(prepared), prepared.counts["bot_sessions"]) == ([3 + lines], 0)


@pytest.mark.parametrize("speed", [0.0, 1e9])
def test_the_speed_of_bots_can_be_switched_off(speed: float) -> None:
    at_once = log_of([(0, "detail", str(click)) for click in range(30)])
    assert sizes(prepare(at_once, prediction_times="last", bot_speed=speed)) == [30]


def test_the_size_of_bots_can_be_switched_off() -> None:
    long = log_of([(click, "detail", str(click)) for click in range(30)])
    assert sizes(prepare(long, prediction_times="last", bot_events=0)) == [30]


@pytest.mark.parametrize("tick", [1, 60, 1440])
def test_a_clock_that_ticks_slowly_makes_no_bots(tick: int) -> None:
    views = log_of([(tick * (click // 40), "detail", str(click)) for click in range(120)])
    prepared = prepare(views.assign(session_id="s"), prediction_times="last")
    assert sizes(prepared) == [120]
    assert "ticks in" in prepared.facts.written()


def test_history_counts_what_came_before_the_session() -> None:
    first = [(0, "detail", "a"), (12, "purchase", "a")]
    prepared = prepare(log_of([*first, (60, "detail", "b"), (61, "detail", "c")]), prediction_times="last")
    example = prepared.examples.iloc[-1]
    assert example[["previous_sessions", "previous_events", "previous_purchases"]].tolist() == [1, 2, 1]
    assert example["days_since_last_session"] == 48 / 60 / 24
    assert example["days_since_last_purchase"] == 48 / 60 / 24
    assert np.isnan(prepared.examples["days_since_last_session"].iloc[0])


def test_history_of_a_session_that_another_overlaps_counts_only_events_before_it_began() -> None:
    long = log_of([(0, "detail", "a"), (100, "purchase", "a")], session="long")
    short = log_of([(50, "detail", "b"), (60, "detail", "c")], session="short")
    example = prepare(long, short, prediction_times="2").examples.iloc[0]
    assert example[["previous_sessions", "previous_events", "previous_purchases"]].tolist() == [1, 1, 0]


def test_kept_negatives_weigh_as_much_as_all_of_them() -> None:
    users = [log_of([(0, "detail", "a")], f"user {number}") for number in range(400)]
    prepared = prepare(*users, log_of(VISIT), negative_rate=0.25)
    weights = prepared.examples.groupby("purchase")["weight"]
    assert weights.unique().map(list).to_dict() == {0: [4.0], 1: [1.0]}
    assert 300 < weights.sum()[0] < 500


class InterruptedRunError(Exception):
    """What a run dies of, half-way."""


class FailingEngine(DuckDBEngine):
    def write_examples(self, *arguments: Any) -> dict[str, int]:
        super().write_examples(*arguments)
        raise InterruptedRunError


def test_a_folder_holds_the_examples_by_day_and_a_manifest_that_tells_them(tmp_path: Path) -> None:
    log = pd.concat([log_of(VISIT), log_of([(0, "", "a"), (1440, "detail", "a")], "bob")])
    prepared = prepare_examples(log, out=tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["counts"] == prepared.counts
    assert manifest["counts"]["examples"] == 3
    assert manifest["counts"]["positives"] == 2
    assert manifest["rejected"] == {"no event_type": 1}
    assert manifest["definition"]["session_gap"] == 1800.0
    assert {Path(file["path"]).parent.name for file in manifest["files"]} == {
        "day=2026-01-05",
        "day=2026-01-06",
    }
    for file in manifest["files"]:
        content = (tmp_path / "out" / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert sum(file["rows"] for file in manifest["files"]) == len(prepared.examples) == 3


def test_a_run_that_dies_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InterruptedRunError):
        prepare_examples(log_of(VISIT), out=tmp_path / "out", engine=FailingEngine())
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_dies_leaves_what_it_would_have_replaced(tmp_path: Path) -> None:
    prepare_examples(log_of(VISIT), out=tmp_path / "out")
    before = (tmp_path / "out" / "manifest.json").read_text()
    with pytest.raises(InterruptedRunError):
        prepare_examples(log_of(VISIT[:1]), out=tmp_path / "out", overwrite=True, engine=FailingEngine())
    assert (tmp_path / "out" / "manifest.json").read_text() == before


def test_an_earlier_run_is_replaced_only_when_asked(tmp_path: Path) -> None:
    prepare_examples(log_of(VISIT), out=tmp_path / "out")
    with pytest.raises(InputError, match="Give --overwrite"):
        prepare_examples(log_of(VISIT[:1]), out=tmp_path / "out")
    assert sizes(prepare_examples(log_of(VISIT[:1]), out=tmp_path / "out", overwrite=True)) == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("not yours")
    with pytest.raises(InputError, match="not empty, and prepare did not write"):
        prepare_examples(log_of(VISIT), out=tmp_path)
    for events in (VISIT, VISIT[:1]):
        prepare_examples(log_of(events), out=tmp_path, overwrite=True)
    assert sizes(Prepared.read(tmp_path)) == [1]
    assert (tmp_path / "thesis.txt").read_text() == "not yours"


def test_what_version_0_1_wrote_is_replaced_and_all_else_stays(tmp_path: Path) -> None:
    prepare_examples(log_of(VISIT), out=tmp_path)
    (tmp_path / MANIFEST).unlink()  # which version 0.1 did not write
    (tmp_path / "thesis.txt").write_text("not yours")
    assert sizes(prepare_examples(log_of(VISIT[:1]), out=tmp_path, overwrite=True)) == [1]
    assert (tmp_path / "thesis.txt").read_text() == "not yours"


def test_bad_input_leaves_an_earlier_run(tmp_path: Path) -> None:
    prepare_examples(log_of(VISIT), out=tmp_path)
    with pytest.raises(InputError, match="no row is usable"):
        prepare_examples(log_of(VISIT).assign(user_id=""), out=tmp_path, overwrite=True)
    assert Prepared.read(tmp_path).counts["events"] > 0


def test_many_buckets_make_the_same_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    logs = pd.concat([log_of(VISIT, f"user {number}") for number in range(20)])
    whole = prepare_examples(logs)
    monkeypatch.setattr("intent_tf.data.engines.duckdb.BUCKET_ROWS", 10)
    dealt = prepare_examples(logs)
    pd.testing.assert_frame_equal(dealt.examples, whole.examples)
    assert dealt.counts == whole.counts


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("session_gap", 0.0),
        ("max_events", 0),
        ("negative_rate", 0.0),
        ("negative_rate", 1.5),
        ("horizon", -1.0),
        ("prediction_times", "sometimes"),
        ("prediction_times", "0,1"),
        ("prediction_times", "at:noon"),
    ],
)
def test_options_out_of_range_are_refused(option: str, value: object) -> None:
    with pytest.raises(InputError, match=option.replace("prediction_times", "prediction times")):
        ExampleDefinition(**{option: value})  # type: ignore[arg-type]
