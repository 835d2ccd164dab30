from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.session_tokens import SessionTokens, is_rendered
from intent_tf.data.specification import Column
from intent_tf.text import Tokenizer

NAN = np.nan
ROLES = {
    "event_type": "event_type",
    "elapsed": "time",
    "price": "price",
    "text": "text",
    "query": "query",
    "page": "event_type",
}
SESSIONS = {
    "event_type": tf.constant([["search", "detail", ""], ["browse", "", ""]]),
    "elapsed": tf.constant([[0.0, 40.0, NAN], [0.0, NAN, NAN]]),
    "price": tf.constant([[NAN, 19.5, NAN], [NAN, NAN, NAN]]),
    "text": tf.constant([["", "Red dress [cart]", ""], ["", "", ""]]),
    "query": tf.constant([["red", "", ""], ["", "", ""]]),
    "page": tf.constant([["home", "", ""], ["home", "", ""]]),
}


def layer(**options: Any) -> SessionTokens:
    return SessionTokens(ROLES, Tokenizer(), **{"min_count": 1, **options})


def rendered(tokens: SessionTokens, sessions: dict[str, tf.Tensor]) -> list[list[str]]:
    return [[token.decode() for token in row] for row in tokens.render(sessions).to_list()]


def test_an_event_is_its_type_dwell_price_words_and_other_values_in_the_order_of_columns() -> None:
    first, second = rendered(layer(), SESSIONS)
    assert first[:3] == ["[search]", "red", "[page home]"]
    assert first[3:] == ["[detail]", "[dwell 5]", "[price 8]", "red", "dress", "[", "cart", "]"]
    assert second == ["[browse]", "[page home]"]


@pytest.mark.parametrize(
    ("seconds", "token"),
    [
        (0.0, "[dwell 0]"),
        (0.9, "[dwell 0]"),
        (1.0, "[dwell 1]"),
        (31.0, "[dwell 5]"),
        (62.0, "[dwell 5]"),
        (64.0, "[dwell 6]"),
    ],
)
def test_dwell_is_told_on_a_scale_of_doublings(seconds: float, token: str) -> None:
    tokens = SessionTokens({"elapsed": "time"}, Tokenizer())
    assert rendered(tokens, {"elapsed": tf.constant([[0.0, seconds]])}) == [[token]]


@pytest.mark.parametrize(
    ("price", "token"),
    [(0.0, "[price 0]"), (1.0, "[price 2]"), (19.5, "[price 8]"), (22.0, "[price 9]"), (-3.0, "[price 0]")],
)
def test_a_price_is_told_on_a_scale_of_half_doublings(price: float, token: str) -> None:
    tokens = SessionTokens({"price": "price"}, Tokenizer())
    assert rendered(tokens, {"price": tf.constant([[price]])}) == [[token]]


@pytest.mark.parametrize("price", [NAN, np.inf])
def test_a_missing_price_gives_no_token(price: float) -> None:
    assert rendered(SessionTokens({"price": "price"}, Tokenizer()), {"price": tf.constant([[price]])}) == [[]]


def test_the_last_tokens_are_kept() -> None:
    assert rendered(layer(max_tokens=2), SESSIONS) == [["cart", "]"], ["[browse]", "[page home]"]]


def test_ids_start_at_the_commonest_token_after_padding_and_unknown() -> None:
    tokens = layer()
    tokens.adapt(tf.data.Dataset.from_tensors(SESSIONS))
    ids = tokens(SESSIONS).numpy()
    assert ids[1].tolist() == [ids[1, 0], 2, *[0] * 9]  # "[page home]" occurs twice, as does "red" (3)
    assert ids[0, 1] == 3 and tokens.vocabulary_size == 2 + 11


def test_what_the_training_rows_did_not_hold_is_unknown() -> None:
    tokens = layer()
    tokens.adapt(tf.data.Dataset.from_tensors(SESSIONS))
    assert tokens({**SESSIONS, "event_type": tf.constant([["wish", "", ""]] * 2)}).numpy()[1, 0] == 1


def test_rare_tokens_are_unknown() -> None:
    tokens = layer(min_count=2)
    tokens.adapt(tf.data.Dataset.from_tensors(SESSIONS))
    assert tokens.lookup.get_vocabulary()[2:] == ["[page home]", "red"]


def test_the_vocabulary_is_limited_to_the_commonest_tokens() -> None:
    tokens = layer(max_vocabulary=3)
    tokens.adapt(tf.data.Dataset.from_tensors(SESSIONS))
    assert tokens.lookup.get_vocabulary()[2:] == ["[page home]"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 4))
def test_padding_changes_no_token(padding: int) -> None:
    longer = {
        name: tf.pad(values, [[0, 0], [0, padding]], constant_values="" if values.dtype == tf.string else NAN)
        for name, values in SESSIONS.items()
    }
    assert rendered(layer(), longer) == rendered(layer(), SESSIONS)


def test_a_session_without_events_has_no_tokens() -> None:
    assert rendered(layer(), {name: values[:, :0] for name, values in SESSIONS.items()}) == [[], []]


def test_a_time_that_falls_is_told_by_its_gaps() -> None:
    tokens = SessionTokens({"days_before": "time"}, Tokenizer())
    assert rendered(tokens, {"days_before": tf.constant([[40.0, 9.0]])}) == [["[days_before 5]"]]


@pytest.mark.parametrize(
    ("name", "role", "values", "expected"),
    [
        ("x", "event_type", "string", True),
        ("x", "time", "float", True),
        ("x", "price", "float", True),
        ("x", "item", "string", True),
        ("item_id", "item", "string", False),
        ("x", "quantity", "float", False),
        ("x", "other", "float", False),
    ],
)
def test_times_prices_and_strings_other_than_item_ids_are_rendered(
    name: str, role: str, values: Any, expected: bool
) -> None:
    assert is_rendered(Column(name, "sequence", values, "x", role=role)) is expected
