from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.simulator.shop import EVENT_TYPES, Shop
from intent_tf.simulator.shop_phrases import catalogue
from intent_tf.simulator.simulator import simulate

SESSIONS = 5000
WITH_ITEM = ("click", "detail", "cart", "purchase")


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return simulate(SESSIONS, seed=1)


def latest(log: pd.DataFrame, *event_types: str) -> pd.Series:
    """For each event, the item of the latest event of these types before it in its session."""
    marked = log["item_id"].where(log["event_type"].isin(event_types))
    return marked.groupby(log["session_id"]).transform(lambda items: items.ffill().shift())


def is_chinese(phrases: pd.Series) -> pd.Series:
    return phrases.str.contains("[一-鿿]")


def test_the_same_seed_gives_the_same_log():
    pd.testing.assert_frame_equal(simulate(300, seed=7), simulate(300, seed=7))


def test_another_seed_gives_another_log():
    assert not simulate(300, seed=7).equals(simulate(300, seed=8))


def test_the_log_has_the_columns_and_types_of_an_event_log(log):
    assert log.dtypes.astype(str).to_dict() == {
        "user_id": "str",
        "session_id": "str",
        "timestamp": "datetime64[us, UTC]",
        "event_type": "str",
        "item_id": "str",
        "text": "str",
        "query": "str",
        "price": "float64",
    }


def test_there_are_as_many_sessions_as_asked_for(log):
    assert log["session_id"].nunique() == SESSIONS
    assert simulate(1)["session_id"].unique().tolist() == ["s0000000"]


@pytest.mark.parametrize("sessions", [0, -3])
def test_no_sessions_are_an_error(sessions):
    with pytest.raises(InputError, match=f"{sessions} sessions were asked for; expected at least 1"):
        simulate(sessions)


def test_the_log_is_in_the_order_of_time(log):
    assert log["timestamp"].is_monotonic_increasing


def test_dwell_times_lie_within_the_edges(log):
    edges = Shop().dwell_edges
    dwell = log.groupby("session_id")["timestamp"].diff().dt.total_seconds().dropna()
    assert edges[0] <= dwell.min() and dwell.max() < edges[-1]


def test_nothing_follows_a_purchase(log):
    events_left = log.groupby("session_id").cumcount(ascending=False)
    assert (events_left[log["event_type"] == "purchase"] == 0).all()


def test_a_silence_of_half_an_hour_separates_the_sessions_of_a_user(log):
    by_user = log.sort_values(["user_id", "timestamp"], kind="stable")
    silent = by_user.groupby("user_id")["timestamp"].diff() >= pd.Timedelta(minutes=30)
    new_user = by_user["user_id"] != by_user["user_id"].shift()
    cut = (silent | new_user).cumsum()
    assert cut.nunique() == SESSIONS
    assert (by_user.groupby(cut)["session_id"].nunique() == 1).all()


def test_a_session_belongs_to_one_user(log):
    assert (log.groupby("session_id")["user_id"].nunique() == 1).all()


def test_users_come_back_after_days(log):
    visits = log.groupby(["user_id", "session_id"])["timestamp"].min()
    assert visits.groupby("user_id").size().mean() == pytest.approx(Shop().sessions_per_user, rel=0.1)
    days = visits.sort_values().groupby("user_id").diff().dt.total_seconds() / 86_400
    assert days.mean() == pytest.approx(Shop().days_between, rel=0.1)


def test_each_event_type_fills_its_own_columns(log):
    with_item = log["event_type"].isin(WITH_ITEM)
    assert ((log["item_id"] != "") == with_item).all()
    assert (log["price"].notna() == with_item).all()
    assert ((log["query"] != "") == (log["event_type"] == "search")).all()
    assert ((log["text"] != "") == (log["event_type"] != "search")).all()


def test_the_cart_takes_the_item_viewed_last(log):
    viewed = latest(log, "click", "detail")
    put = (log["event_type"] == "cart") & viewed.notna()
    assert put.sum() > 500
    assert (log["item_id"] == viewed)[put].all()


def test_what_is_bought_is_the_item_put_in_the_cart_last(log):
    in_cart = latest(log, "cart")
    bought = (log["event_type"] == "purchase") & in_cart.notna()
    assert bought.sum() > 300
    assert (log["item_id"] == in_cart)[bought].all()


def test_what_is_bought_without_a_cart_is_the_item_viewed_last(log):
    viewed = latest(log, "click", "detail")
    bought = (log["event_type"] == "purchase") & latest(log, "cart").isna() & viewed.notna()
    assert bought.sum() > 10
    assert (log["item_id"] == viewed)[bought].all()


def test_an_item_put_in_the_cart_unseen_does_not_tell_the_state():
    never_looks = (0.3, 0.3, 0.0, 0.0, 0.4, 0.0)
    shop = replace(
        Shop(),
        states=("one", "two"),
        start=(0.5, 0.5),
        transition=((0.5, 0.5), (0.5, 0.5)),
        end=(0.2, 0.2),
        events=(never_looks, never_looks),
        title_classes=((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
        price_bands=((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
        query_classes=Shop().query_classes[:2],
        dwells=Shop().dwells[:2],
    )
    carts = simulate(500, shop=shop).query("event_type == 'cart'")
    assert len(carts) > 500
    put = catalogue().set_index("item_id").loc[carts["item_id"], ["title_class", "price_band"]]
    assert (put == 0).all(axis=None)


def test_an_item_has_one_price_and_that_lies_in_its_band(log):
    sold = log[log["item_id"] != ""]
    assert (sold.groupby("item_id")["price"].nunique() == 1).all()
    band = catalogue().set_index("item_id")["price_band"].loc[sold["item_id"]].to_numpy()
    edges = np.array(Shop().price_edges)
    price = sold["price"].to_numpy()
    assert ((edges[band] <= price) & (price < edges[band + 1])).all()


def test_a_session_speaks_one_language_and_three_in_ten_speak_chinese(log):
    said = log[["text", "query"]].agg("".join, axis=1)
    chinese = is_chinese(said).groupby(log["session_id"]).agg(["min", "max"])
    assert (chinese["min"] == chinese["max"]).all()
    assert chinese["max"].mean() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_shop_may_speak_one_language_only(share):
    log = simulate(200, shop=Shop(chinese_share=share))
    assert (is_chinese(log["text"] + log["query"]) == bool(share)).all()


def test_a_loyal_user_sees_one_noun_only():
    log = simulate(500, shop=Shop(loyalty=1.0, chinese_share=0.0))
    browsed = log[log["event_type"] == "browse"]
    assert (browsed.groupby("user_id")["text"].nunique() == 1).all()
    assert browsed["text"].nunique() > 5


def test_a_one_state_shop_emits_what_its_tables_say():
    shop = replace(
        Shop(),
        states=("only",),
        start=(1.0,),
        transition=((1.0,),),
        end=(0.25,),
        events=((0.3, 0.1, 0.2, 0.3, 0.1, 0.0),),
        title_classes=((0.6, 0.3, 0.1),),
        price_bands=((0.2, 0.3, 0.5),),
        query_classes=((0.4, 0.3, 0.2, 0.1),),
        dwells=((0.1, 0.2, 0.3, 0.3, 0.1),),
    )
    log = simulate(20_000, shop=shop)
    items = catalogue().set_index("item_id").reindex(log["item_id"]).set_axis(log.index)
    viewed = log["event_type"].isin(["click", "detail"])
    dwell = log.groupby("session_id")["timestamp"].diff().dt.total_seconds().dropna()
    over = log.groupby("session_id").cumcount(ascending=False) == 0
    for codes, expected in (
        (pd.Index(EVENT_TYPES).get_indexer(log["event_type"]), shop.events[0]),
        (items["title_class"][viewed], shop.title_classes[0]),
        (items["price_band"][viewed], shop.price_bands[0]),
        (np.searchsorted(shop.dwell_edges, dwell, side="right") - 1, shop.dwells[0]),
        (over.astype(int), (0.75, 0.25)),
    ):
        share = np.bincount(np.asarray(codes, dtype=int), minlength=len(expected)) / len(codes)
        error = np.sqrt(np.multiply(expected, np.subtract(1, expected)) / len(codes))
        assert (abs(share - expected) <= 4 * error).all()
