"""Whatever stands behind a row's events changes no output, and a row's cost is bounded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.event_arrays import last_events
from intent_tf.columns.inference import infer_specification
from intent_tf.columns.kinds.sequence import MAX_EVENTS
from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel


def lengthened(columns: dict[str, tf.Tensor], by: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Put values of the same columns, and odd ones, behind the events."""
    found = {}
    for name, values in columns.items():
        array = values.numpy()
        if array.ndim == 2:
            pool = [*array.ravel(), *((b"cart", b"\xff") if array.dtype == object else (1e30, -1e38, np.nan))]
            padding = rng.choice(np.array(pool, array.dtype), (len(array), by))
            array = np.concatenate([array, padding], axis=1)
            length = columns["session_length"].numpy()
            real = np.arange(array.shape[1]) < length[:, None]
            array = np.where(real, array, rng.choice(np.array(pool, array.dtype), array.shape))
        found[name] = array
    return found


@settings(max_examples=10, deadline=None)
@given(by=st.integers(0, 9), seed=st.integers(0, 99))
def test_any_padding_by_any_value_changes_no_strength(
    shop_model: IntentModel, shop: pd.DataFrame, by: int, seed: int
) -> None:
    columns = padded(raw_columns(shop[:20], shop_model.preprocessor.specification))
    found = shop_model(lengthened(columns, by, np.random.default_rng(seed)))
    np.testing.assert_allclose(found, shop_model(columns), rtol=0, atol=1e-6)


def test_the_last_events_are_kept_in_their_order() -> None:
    values = tf.constant([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 9.0, 9.0, 9.0]])
    found = last_events(values, tf.constant([4, 2, 0]), most=2)
    np.testing.assert_array_equal(found, [[3, 4], [5, 6], [np.nan, np.nan]])


def test_a_length_beyond_the_array_is_its_width() -> None:
    found = last_events(tf.constant([["a", "b"]]), tf.constant([9]), most=5)
    assert found.numpy().tolist() == [[b"a", b"b"]]


def test_a_negative_length_is_none() -> None:
    assert last_events(tf.constant([["a", "b"]]), tf.constant([-1]), most=5).shape == (1, 0)


def test_events_before_the_last_thousand_do_not_count(shop_data: PreparedData, shop: pd.DataFrame) -> None:
    lists = {name: shop.iloc[0][name][:1] for name in ("event_type", "elapsed", "price")}
    many = pd.DataFrame([{**shop.iloc[0], **{name: value * MAX_EVENTS for name, value in lists.items()}}])
    first = {"event_type": ["cart"] * 5, "elapsed": [7.0] * 5, "price": [1.0] * 5}
    more = many.assign(**{name: [first[name] + many[name][0]] for name in lists})
    kept, cut = (
        shop_data.preprocessor(padded(raw_columns(each, shop_data.specification))) for each in (many, more)
    )
    for name, expected in kept.items():
        np.testing.assert_array_equal(cut[name], expected)


def test_lists_of_equal_length_in_every_row_are_one_group() -> None:
    frame = pd.DataFrame({"page": [["a"], ["b", "c"]], "price": [[1.0], [2.0, 3.0]], "tag": [["x"], []]})
    specification = infer_specification(frame.assign(bought=[0, 1]), "bought")
    assert specification.lengths == {"page_length": ("page", "price"), "tag_length": ("tag",)}


def test_the_group_of_event_types_is_the_session(shop_data: PreparedData) -> None:
    assert shop_data.specification.lengths == {"session_length": ("event_type", "elapsed", "price")}


def test_a_group_cannot_be_given_to_a_column_without_lists() -> None:
    frame = pd.DataFrame({"pages": [1, 2], "bought": [0, 1]})
    with pytest.raises(InputError, match="column 'pages': a group is given to a column without lists"):
        infer_specification(frame, "bought", groups={"pages": "visit"})


def test_a_group_can_be_named() -> None:
    frame = pd.DataFrame({"page": [["a"], ["b", "c"]], "bought": [0, 1]})
    specification = infer_specification(frame, "bought", groups={"page": "visit"})
    assert list(specification.lengths) == ["visit_length"]


def test_a_column_with_the_name_of_a_length_is_refused() -> None:
    columns = (Column("page", "sequence", "string", "page"), Column("page_length", "number", "float"))
    with pytest.raises(
        InputError, match=r"column 'page_length': the name is that of a sequence group's length"
    ):
        FeatureSpecification(columns, "bought")


def test_a_missing_length_is_named(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    columns: dict[str, Any] = padded(raw_columns(shop[:2], shop_model.preprocessor.specification))
    del columns["session_length"]
    with pytest.raises(InputError, match="the length of events 'session_length' is missing"):
        shop_model.preprocessor(columns)


@pytest.mark.parametrize("lowest", [-3.4028235e38, -1e38])
def test_the_lowest_number_is_missing_as_nan_is(
    lowest: float, shop_model: IntentModel, shop: pd.DataFrame
) -> None:
    events = {"elapsed": [[0.0, 5.0]] * 4, "event_type": [["cart", "click"]] * 4}
    told, nan = (
        shop[:4].assign(pages=value, browser=value, price=[[value, 9.5]] * 4, **events)
        for value in (lowest, np.nan)
    )
    np.testing.assert_array_equal(shop_model.predict(told), shop_model.predict(nan))
