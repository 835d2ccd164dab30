from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from intent_tf.errors import InputError
from intent_tf.simulator.optimum import optimal_probabilities, purchase_probability
from intent_tf.simulator.shop import EVENT_TYPES, Shop
from intent_tf.simulator.shop_phrases import NOUNS, QUERY_TEMPLATES, TITLE_WORDS
from intent_tf.simulator.simulator import simulate

TINY = Shop(
    states=("cold", "warm"),
    start=(0.7, 0.3),
    transition=((0.8, 0.2), (0.4, 0.6)),
    end=(0.8, 0.7),
    events=((0.2, 0.3, 0.2, 0.1, 0.15, 0.05), (0.3, 0.1, 0.2, 0.2, 0.1, 0.1)),
    title_classes=((0.6, 0.3, 0.1), (0.1, 0.2, 0.7)),
    price_bands=((0.2, 0.2, 0.6), (0.5, 0.3, 0.2)),
    query_classes=((0.5, 0.3, 0.1, 0.1), (0.1, 0.1, 0.4, 0.4)),
    dwells=((0.7, 0.3), (0.2, 0.8)),
    dwell_edges=(2, 20, 200),
)
"""Shoppers who leave so soon that a purchase after 14 more events is less probable than 0.3 ** 14 < 1e-7."""

FUTURE = 14


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """Simulated events with their probability, their place in the session (from 1) and what came later."""
    log = simulate(40_000, seed=3)
    sessions = log.groupby("session_id")
    buys = log["event_type"] == "purchase"
    return log.assign(
        probability=purchase_probability(log),
        events=sessions.cumcount() + 1,
        later=buys.groupby(log["session_id"]).transform("any") & ~buys,
        before_cart=~log["event_type"].isin(["cart", "purchase"]).groupby(log["session_id"]).cummax(),
    )


def class_said(phrase: str, classes: dict[str, tuple[tuple[str, str], ...]], *, filled: bool) -> int:
    """The class of a phrase, found by its words alone."""
    for code, choices in enumerate(classes.values()):
        for pair, language in product(choices, (0, 1)):
            written = (
                [pair[language].format(noun[language]) for noun in NOUNS] if filled else [pair[language]]
            )
            if (phrase if filled else phrase.split()[0]) in written:
                return code
    raise AssertionError(phrase)


def chance_of(event: pd.Series, state: int, shop: Shop) -> float:
    """The probability of what the log shows of one event, read from its words and its price."""
    chance = shop.events[state][EVENT_TYPES.index(event["event_type"])]
    if event["event_type"] in ("click", "detail"):
        chance *= shop.title_classes[state][class_said(event["text"], TITLE_WORDS, filled=False)]
        chance *= shop.price_bands[state][sum(event["price"] >= edge for edge in shop.price_edges) - 1]
    if event["event_type"] == "search":
        chance *= shop.query_classes[state][class_said(event["query"], QUERY_TEMPLATES, filled=True)]
    return chance


def bought_later(state: int, shop: Shop, events: int = FUTURE) -> float:
    """The probability of a purchase within the next events, summed over every path of states."""
    if events == 0:
        return 0.0
    return sum(
        (1 - shop.end[state])
        * move
        * (emitted[-1] + (1 - emitted[-1]) * bought_later(there, shop, events - 1))
        for there, (move, emitted) in enumerate(zip(shop.transition[state], shop.events, strict=True))
    )


def enumerated(session: pd.DataFrame, shop: Shop) -> float:
    """The probability of a later purchase, summed over every path of states, past and future."""
    states = range(len(shop.states))
    gaps = session["timestamp"].diff().dt.total_seconds().tolist()[1:]
    intervals = [sum(gap >= edge for edge in shop.dwell_edges) - 1 for gap in gaps]
    chances = [[chance_of(event, state, shop) for state in states] for _, event in session.iterrows()]
    weight = np.zeros(len(shop.states))
    for path in product(states, repeat=len(session)):
        chance = shop.start[path[0]] * chances[0][path[0]]
        for step, (here, there) in enumerate(pairwise(path)):
            chance *= shop.dwells[here][intervals[step]] * (1 - shop.end[here])
            chance *= shop.transition[here][there] * chances[step + 1][there]
        weight[path[-1]] += chance
    come = [bought_later(state, shop) for state in states]
    return float(weight @ come / weight.sum())


def bought_the_time_before(log: pd.DataFrame) -> pd.Series:
    """For each session, whether its user's session before it ended in a purchase."""
    sessions = log.groupby("session_id")[["user_id", "event_type"]].last()
    return (sessions["event_type"] == "purchase").groupby(sessions["user_id"]).shift(fill_value=False)


def test_the_optimum_equals_the_enumeration_of_all_state_paths():
    # Shoppers that stay longer do the same things, so the tiny shop could have made their sessions too.
    log = simulate(40, seed=5, shop=replace(TINY, end=(0.2, 0.1)))
    probability = purchase_probability(log, TINY)
    compared = 0
    for _, session in log.groupby("session_id"):
        for seen in range(1, min(len(session), 9)):
            visible = session.iloc[:seen]
            assert probability[visible.index[-1]] == pytest.approx(enumerated(visible, TINY), abs=1e-7)
            compared += 1
    assert compared > 80


def test_nothing_can_follow_a_purchase(log):
    assert (log.loc[log["event_type"] == "purchase", "probability"] == 0).all()


def test_what_comes_later_changes_nothing(log):
    visible = log[log["before_cart"]]
    np.testing.assert_allclose(purchase_probability(visible), visible["probability"], rtol=1e-12)


def test_the_order_of_the_rows_does_not_matter(log):
    shuffled = log.sample(frac=1, random_state=0)
    pd.testing.assert_series_equal(
        purchase_probability(shuffled).sort_index(), log["probability"], check_names=False
    )


@pytest.mark.parametrize("events", [1, 3, 5, 10])
def test_the_optimum_is_calibrated_after_so_many_events(log, events):
    # One row a session, so the rows are independent and the sum of their labels has a known variance.
    prediction_times = log[log["events"] == events]
    tenth = pd.qcut(prediction_times["probability"], 10, duplicates="drop")
    for _, bin_ in prediction_times.groupby(tenth, observed=True):
        spread = np.sqrt((bin_["probability"] * (1 - bin_["probability"])).sum())
        assert abs((bin_["later"] - bin_["probability"]).sum()) < 4 * spread


@pytest.mark.parametrize("events", [1, 3, 5, 10])
def test_the_optimum_is_calibrated_before_the_first_cart(log, events):
    prediction_times = log[log["before_cart"] & (log["events"] == events)]
    spread = np.sqrt((prediction_times["probability"] * (1 - prediction_times["probability"])).sum())
    assert abs((prediction_times["later"] - prediction_times["probability"]).sum()) < 4 * spread


@pytest.mark.parametrize(
    "group",
    [
        lambda log: log["user_id"].map(log.groupby("user_id")["session_id"].nunique()).clip(upper=5),
        lambda log: log["session_id"].map(bought_the_time_before(log)),
        lambda log: log["timestamp"].dt.hour,
        lambda log: log["timestamp"].dt.day_of_week,
        lambda log: (log["text"] + log["query"]).str.contains("[一-鿿]"),
        lambda log: log["event_type"],
        lambda log: log["event_type"] + log["text"].str.split().str[0],
        lambda log: log["event_type"] + log["text"].str.split().str[1],
        lambda log: log["query"],
        lambda log: log["event_type"] + (log["price"] // 20).astype(str),
        lambda log: log.duplicated(["session_id", "item_id"]),
    ],
    ids=[
        "sessions",
        "bought before",
        "hour",
        "weekday",
        "language",
        "type",
        "word",
        "brand",
        "query",
        "price",
        "again",
    ],
)
def test_no_column_says_more_than_the_optimum_knows(log, group):
    # History, time and words that are noise must leave no error that they could explain.
    prediction_times = log[log["events"] == 4]
    groups = group(log)[prediction_times.index]
    for _, members in prediction_times.groupby(groups):
        expected = members["probability"].sum()
        if expected > 20:
            spread = np.sqrt((members["probability"] * (1 - members["probability"])).sum())
            assert abs(members["later"].sum() - expected) < 4 * spread


def test_the_default_shop_is_a_real_problem_but_no_hopeless_one(log):
    sessions = log.groupby("session_id")
    assert 5 < sessions.size().mean() < 15
    assert 0.10 < (sessions["event_type"].last() == "purchase").mean() < 0.15
    prediction_times = log[log["before_cart"]]
    assert 0.80 < roc_auc_score(prediction_times["later"], prediction_times["probability"]) < 0.88


def test_the_optimum_beats_a_strength_that_ignores_dwell_and_words(log):
    deaf = replace(
        Shop(),
        title_classes=5 * ((0.4, 0.3, 0.3),),
        price_bands=5 * ((0.4, 0.3, 0.3),),
        query_classes=5 * ((0.25, 0.25, 0.25, 0.25),),
        dwells=5 * ((0.2, 0.2, 0.2, 0.2, 0.2),),
    )
    prediction_times = log[log["events"] == 5]
    worse = purchase_probability(log, deaf)[prediction_times.index]
    assert (
        log_loss(prediction_times["later"], prediction_times["probability"])
        < log_loss(prediction_times["later"], worse) - 0.01
    )


def test_the_optimal_strength_of_an_example_is_that_of_its_last_visible_event(log):
    prediction_times = log.sample(200, random_state=0)
    examples = prediction_times[["session_id", "events"]]
    np.testing.assert_array_equal(optimal_probabilities(examples, log), prediction_times["probability"])


@pytest.mark.parametrize(
    ("example", "found"),
    [
        (("s0000001", 99), "no event 99 of session 's0000001'"),
        (("nobody", 1), "no event 1 of session 'nobody'"),
    ],
)
def test_an_example_that_is_not_from_the_log_is_named(example, found):
    examples = pd.DataFrame([("s0000001", 1), example], columns=["session_id", "events"])
    with pytest.raises(InputError, match=f"row 2: the log has {found}"):
        optimal_probabilities(examples, simulate(100))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("event_type", "refund", "row 1, column 'event_type': 'refund'"),
        ("item_id", "x9", "row 1, column 'item_id': 'x9'"),
        ("timestamp", pd.NaT, "row 1, column 'timestamp': the value is missing"),
        ("session_id", None, "row 1, column 'session_id': the value is missing"),
    ],
)
def test_a_row_that_the_shop_cannot_have_made_is_named(column, value, message):
    log = simulate(100)
    log = log[log["event_type"] == "click"].groupby("session_id").head(1).reset_index(drop=True)
    log.loc[0, column] = value
    with pytest.raises(InputError, match=message):
        purchase_probability(log)


def test_an_unknown_query_is_named():
    log = simulate(100)
    row = int((log["event_type"] == "search").argmax())
    log.loc[row, "query"] = "free money"
    with pytest.raises(InputError, match=f"row {row + 1}, column 'query': 'free money'"):
        purchase_probability(log)


def test_a_gap_that_no_shopper_leaves_is_named():
    log = simulate(1, seed=4)
    log["timestamp"] = log["timestamp"].min() + np.arange(len(log)) * pd.Timedelta(hours=1)
    assert len(log) > 1
    with pytest.raises(InputError, match="row 1: 3600 seconds to the next event"):
        purchase_probability(log)


def test_an_event_after_a_purchase_is_named():
    log = simulate(100)
    session = log.loc[log["event_type"] == "purchase", "session_id"].iloc[0]
    log = log[log["session_id"] == session].reset_index(drop=True)
    more = log.tail(1).assign(timestamp=lambda last: last["timestamp"] + pd.Timedelta(seconds=30))
    with pytest.raises(InputError, match=f"row {len(log) + 1}: no shopper"):
        purchase_probability(pd.concat([log, more], ignore_index=True))


@pytest.mark.parametrize("column", ["session_id", "timestamp", "event_type", "item_id", "query"])
def test_a_missing_column_is_named(column):
    with pytest.raises(InputError, match=f"column '{column}': there is no such column"):
        purchase_probability(simulate(10).drop(columns=column))


def test_times_that_are_text_are_refused():
    log = simulate(10)
    with pytest.raises(InputError, match="column 'timestamp': the dtype is str; expected datetime64"):
        purchase_probability(log.assign(timestamp=log["timestamp"].astype(str)))
