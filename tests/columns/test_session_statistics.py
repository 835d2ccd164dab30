from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.session_statistics import SessionStatistics
from intent_tf.data.specification import Column

NAN = np.nan
COLUMNS = (
    Column("event_type", "sequence", "string", "session"),
    Column("elapsed", "sequence", "float", "session"),
    Column("price", "sequence", "float", "session"),
    Column("item_id", "sequence", "string", "session"),
)
SESSION: dict[str, list[Any]] = {
    "event_type": ["search", "browse", "click", "browse", "detail", "cart"],
    "elapsed": [0.0, 10.0, 30.0, 35.0, 95.0, 100.0],
    "price": [NAN, 20.0, NAN, 10.0, 40.0, 40.0],
    "item_id": ["", "a", "b", "a", "a", "a"],
}
TOTALS = {
    "price": [("mean", "price")],
    "elapsed": [("mean", "dwell"), ("dwell after", "browse"), ("dwell after", "click")],
}
EMPTY: dict[str, list[Any]] = {"event_type": [], "elapsed": [], "price": [], "item_id": []}


def tensors(sessions: Sequence[dict[str, list[Any]]], events: int = 0) -> dict[str, tf.Tensor]:
    """Sessions side by side, padded to the longest, or to at least some events."""
    width = max(events, *(len(session["event_type"]) for session in sessions))
    padding: dict[str, Any] = {"event_type": "", "elapsed": NAN, "price": NAN, "item_id": ""}
    return {
        name: tf.constant(
            [session[name] + [nothing] * (width - len(session[name])) for session in sessions],
            tf.string if nothing == "" else tf.float32,
        )
        for name, nothing in padding.items()
    }


@pytest.fixture(scope="module")
def layer() -> SessionStatistics:
    """Adapted to the session and three more views: 2 clicks of 6 impressions."""
    layer = SessionStatistics(COLUMNS)
    layer.adapt({"event_type": tf.constant([*SESSION["event_type"], "browse", "browse", "browse"])})
    return layer


def statistics(layer: SessionStatistics, session: dict[str, list[Any]]) -> dict[str, float]:
    return dict(zip(layer.names, layer(tensors([session]))[0].numpy().tolist(), strict=True))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("events", 6),
        ("distinct event types", 5),
        ("click-through rate", (2 + 5 * 2 / 6) / (3 + 5)),
        ("count browse", 2),
        ("count search", 1),
        ("recent cart", 1),
        ("recent detail", 0.5**0.5),
        ("recent browse", 0.5**2 + 0.5**1),
        ("recent search", 0.5**2.5),
        ("mean dwell", 20),
        ("shortest dwell", 5),
        ("longest dwell", 60),
        ("last dwell", 5),
        ("elapsed", 100),
        ("dwell after browse", 20 + 60),
        ("dwell after search", 10),
        ("dwell after cart", 0),
        ("seconds since browse", 65),
        ("seconds since cart", 0),
        ("seconds since search", 100),
        ("mean price", 27.5),
        ("smallest price", 10),
        ("largest price", 40),
        ("last price", 40),
        ("last over mean price", 40 / 27.5),
        ("present item_id", 5),
        ("distinct item_id", 2),
        ("repeated item_id", 3),
    ],
)
def test_a_session_gives_what_was_computed_by_hand(layer: SessionStatistics, name: str, value: float) -> None:
    assert statistics(layer, SESSION)[name] == pytest.approx(value, rel=1e-6)


def test_event_types_are_those_of_the_training_rows_the_commonest_first(layer: SessionStatistics) -> None:
    assert layer.types["event_type"] == ("browse", "cart", "click", "detail", "search")


def test_only_the_commonest_event_types_get_numbers_of_their_own() -> None:
    layer = SessionStatistics(COLUMNS[:1], max_types=2)
    layer.adapt({"event_type": tf.constant(["a", "b", "b", "c", "c", "", ""])})
    assert layer.types["event_type"] == ("b", "c")


def test_an_event_type_never_seen_in_training_counts_as_an_event_only(layer: SessionStatistics) -> None:
    found = statistics(
        layer, {name: ["wish" if name == "event_type" else entries[0]] for name, entries in SESSION.items()}
    )
    assert found["events"] == 1 and sum(found[f"count {kind}"] for kind in layer.types["event_type"]) == 0


def test_a_session_without_impressions_has_the_rate_of_the_training_rows(layer: SessionStatistics) -> None:
    session = {name: entries[-1:] for name, entries in SESSION.items()}
    assert statistics(layer, session)["click-through rate"] == pytest.approx(2 / 6)


def rates(adapted_on: list[str], *sessions: list[str]) -> list[float]:
    layer = SessionStatistics(COLUMNS[:1])
    layer.adapt({"event_type": tf.constant(adapted_on)})
    at = layer.names.index("click-through rate")
    return [float(layer({"event_type": tf.constant([types])})[0, at]) for types in sessions]


def test_a_log_without_impressions_has_no_click_through_rate() -> None:
    assert np.isnan(rates(["detail", "cart"], ["detail"] * 20, ["cart"], ["browse", "detail"])).all()


def test_more_clicks_than_impressions_are_a_rate_of_one() -> None:
    assert rates(["browse", "browse", "click"], ["browse", *["click"] * 40]) == [1.0]


def test_the_rate_of_training_rows_with_more_clicks_than_impressions_is_one() -> None:
    assert rates(["browse", "click", "detail"], ["cart"], ["browse", "browse"]) == [1.0, np.float32(5 / 7)]


def test_a_layer_without_a_rate_is_saved_as_such() -> None:
    layer = SessionStatistics(COLUMNS[:1])
    layer.adapt({"event_type": tf.constant(["detail"])})
    assert SessionStatistics.from_config(layer.get_config()).rates == {"event_type": None}


@settings(max_examples=40, deadline=None)
@given(*[st.lists(st.sampled_from(["browse", "search", "click", "detail", "cart"]), min_size=1)] * 2)
def test_a_click_through_rate_lies_between_zero_and_one_or_is_missing(
    adapted_on: list[str], session: list[str]
) -> None:
    (rate,) = rates(adapted_on, session)
    assert np.isnan(rate) or 0 <= rate <= 1


@pytest.mark.parametrize("name", ["seconds since cart", "mean dwell", "mean price", "last price"])
def test_what_a_session_does_not_define_is_missing(layer: SessionStatistics, name: str) -> None:
    session = {name: entries[:1] for name, entries in SESSION.items()}
    assert np.isnan(statistics(layer, session)[name])


def test_an_empty_session_has_no_events_and_nothing_infinite(layer: SessionStatistics) -> None:
    found = statistics(layer, EMPTY)
    assert found["events"] == 0 and not np.isinf(list(found.values())).any()


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["browse", "click", "cart", "wish"]),
        st.integers(0, 5000),
        st.one_of(st.just(NAN), st.integers(0, 99).map(float)),
        st.sampled_from(["", "a", "b"]),
    ),
    max_size=7,
)


def session_of(events: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    types, gaps, prices, items = map(list, zip(*events, strict=True)) if events else ([], [], [], [])
    return {
        "event_type": types,
        "elapsed": np.cumsum([0, *gaps[1:]]).tolist()[: len(types)],
        "price": prices,
        "item_id": items,
    }


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.integers(0, 4))
def test_padding_changes_no_statistic(layer: SessionStatistics, events: list[Any], padding: int) -> None:
    session = session_of(events)
    alone = layer(tensors([session]))
    np.testing.assert_array_equal(layer(tensors([session], len(events) + padding)), alone)


@settings(max_examples=40, deadline=None)
@given(EVENTS, EVENTS)
def test_a_session_does_not_depend_on_those_beside_it(
    layer: SessionStatistics, events: list[Any], others: list[Any]
) -> None:
    session, other = session_of(events), session_of(others)
    np.testing.assert_array_equal(layer(tensors([session, other]))[0], layer(tensors([session]))[0])


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_the_graph_agrees_with_plain_python(layer: SessionStatistics, events: list[Any]) -> None:
    session = session_of(events)
    found = statistics(layer, session)
    types, times = session["event_type"], session["elapsed"]
    prices = [price for price in session["price"] if price == price]
    items = [item for item in session["item_id"] if item]
    assert found["count click"] == types.count("click")
    assert found["distinct event types"] == len(set(types))
    assert found["distinct item_id"] == len(set(items))
    weights = [0.5 ** (after / 2) for after in range(len(types))][::-1]
    recent = sum(weight for weight, kind in zip(weights, types, strict=True) if kind == "click")
    assert found["recent click"] == pytest.approx(recent, rel=1e-5)
    if "click" in types:
        since = times[-1] - max(time for time, kind in zip(times, types, strict=True) if kind == "click")
        assert found["seconds since click"] == since
    if prices:
        assert found["mean price"] == pytest.approx(np.mean(prices), rel=1e-6)
    if len(times) > 1:
        assert found["longest dwell"] == np.diff(times).max()


@pytest.mark.parametrize("absurd", [1e38, -1e38, 3.4e38, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["price", "elapsed"])
def test_absurd_numbers_make_no_statistic_infinite(
    layer: SessionStatistics, name: str, absurd: float
) -> None:
    session = {**SESSION, name: [*SESSION[name][:3], absurd, absurd, absurd]}
    found = statistics(layer, session)
    assert not np.isinf(list(found.values())).any()
    assert not np.isnan([found[f"{what} {kind}"] for what, kind in TOTALS[name]]).any()


@pytest.mark.parametrize("absurd", [1e38, -1e38, np.inf])
def test_an_absurd_price_leaves_the_statistics_of_times_alone(
    layer: SessionStatistics, absurd: float
) -> None:
    found = statistics(layer, {**SESSION, "price": [absurd, *SESSION["price"][1:]]})
    assert {name: value for name, value in found.items() if not name.endswith("price")} == {
        name: value for name, value in statistics(layer, SESSION).items() if not name.endswith("price")
    }


def test_columns_need_no_times_and_no_types() -> None:
    layer = SessionStatistics([Column("rating", "sequence", "float", "session")])
    layer.adapt({})
    assert layer({"rating": tf.constant([[1.0, 3.0]])}).numpy().tolist() == [[2.0, 1.0, 3.0, 3.0, 1.5]]


VISITS = (
    Column("pages", "sequence", "string", "pages", role="event_type"),
    Column("seconds", "sequence", "float", "pages", role="time"),
    Column("bought", "sequence", "string", "bought", role="item"),
    Column("days_before", "sequence", "float", "bought", role="time"),
    Column("paid", "sequence", "float", "bought", role="price"),
    Column("pieces", "sequence", "float", "bought", role="quantity"),
)


def visit_statistics(visit: dict[str, list[Any]]) -> dict[str, float]:
    layer = SessionStatistics(VISITS)
    inputs = {name: tf.constant([entries]) for name, entries in visit.items()}
    layer.adapt(inputs)
    return dict(zip(layer.names, layer(inputs)[0].numpy().tolist(), strict=True))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pages: events", 3),
        ("pages: distinct event types", 2),
        ("pages: count home", 2),
        ("pages: recent basket", 1),
        ("pages: first home", 1),
        ("pages: first basket", 0),
        ("seconds: mean dwell", 15),
        ("seconds: elapsed", 30),
        ("seconds: dwell after pages: home", 30),
        ("seconds: time since pages: home", 20),
        ("present bought", 3),
        ("distinct bought", 2),
        ("repeated bought", 1),
        ("days_before: mean dwell", 17.5),
        ("days_before: longest dwell", 30),
        ("days_before: last", 5),
        ("days_before: first", 40),
        ("days_before: between", 35),
        ("days_before: events", 3),
        ("total paid", 2 * 9.5 + 20.0),
        ("mean pieces", 1.5),
        ("days_before: within 7.5", 1),
        ("days_before: within 25", 2),
    ],
)
def test_columns_of_any_name_give_what_their_roles_say(name: str, value: float) -> None:
    visit = {
        "pages": ["home", "home", "basket"],
        "seconds": [0.0, 10.0, 30.0],
        "bought": ["p1", "p2", "p1"],
        "days_before": [40.0, 10.0, 5.0],
        "paid": [9.5, NAN, 20.0],
        "pieces": [2.0, 1.0, NAN],
    }
    assert visit_statistics(visit)[name] == value


def test_times_that_fall_are_told_from_now() -> None:
    columns = (
        Column("kind", "sequence", "string", "kind", role="event_type"),
        Column("days_before", "sequence", "float", "kind", role="time"),
    )
    layer = SessionStatistics(columns)
    inputs = {"kind": tf.constant([["shoes", "hats"]]), "days_before": tf.constant([[9.0, 2.0]])}
    layer.adapt(inputs)
    found = dict(zip(layer.names, layer(inputs)[0].numpy().tolist(), strict=True))
    assert found["days_before: time since kind: shoes"] == 9
    assert found["days_before: dwell after kind: shoes"] == 7


def test_times_that_do_not_start_at_zero_tell_when_they_do() -> None:
    layer = SessionStatistics([Column("t", "sequence", "float", "t", role="time")])
    layer.adapt({"t": tf.constant([[5.0, 7.0], [3.0, NAN], [0.0, 1.0]])})
    found = dict(zip(layer.names, layer({"t": tf.constant([[4.0, 10.0]])})[0].numpy().tolist(), strict=True))
    assert found["t: first"] == 4 and found["t: between"] == 6 and found["t: last"] == 10


def test_the_statistics_of_an_event_log_stay_what_they_were(layer: SessionStatistics) -> None:
    assert not [name for name in layer.names if name.startswith(("first", "total"))]


def test_a_time_tells_nothing_of_the_events_of_another_group() -> None:
    assert not [name for name in SessionStatistics(VISITS).names if "days_before" in name and "pages" in name]


def test_what_was_learnt_when_names_told_the_roles_is_read(layer: SessionStatistics) -> None:
    restored = SessionStatistics(COLUMNS)
    restored.restore({"types": list(layer.types["event_type"]), "rate": layer.rates["event_type"]})
    np.testing.assert_array_equal(restored(tensors([SESSION])), layer(tensors([SESSION])))


def test_each_statistic_has_one_name(layer: SessionStatistics) -> None:
    assert len(set(layer.names)) == len(layer.names) == layer(tensors([SESSION])).shape[1]


def test_a_saved_layer_computes_the_same(layer: SessionStatistics, tmp_path: Path) -> None:
    inputs = {
        column.name: keras.Input(
            (None,), dtype="string" if column.values == "string" else "float32", name=column.name
        )
        for column in COLUMNS
    }
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(restored(tensors([SESSION, EMPTY])), model(tensors([SESSION, EMPTY])))
