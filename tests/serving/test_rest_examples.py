"""Rows of `:classify` and `:regress` become the lists that TF Serving's json_tensor.cc makes of them."""

from __future__ import annotations

import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.serving.rest_examples import to_examples


def feature_of(content: object) -> tf.train.Feature:
    [serialised] = to_examples({"examples": [{"x": content}]})
    return tf.train.Example.FromString(serialised).features.feature["x"]


@pytest.mark.parametrize(
    ("content", "kind", "values"),
    [
        (3, "int64_list", [3]),
        ([1, -(2**63)], "int64_list", [1, -(2**63)]),
        ([True, 2], "int64_list", [1, 2]),
        (2.5, "float_list", [2.5]),
        ([1.0, float("inf")], "float_list", [1.0, float("inf")]),
        ("a", "bytes_list", [b"a"]),
        (["手", {"b64": "/w=="}], "bytes_list", ["手".encode(), b"\xff"]),
    ],
)
def test_values_become_a_list_of_their_type(content, kind, values) -> None:
    feature = feature_of(content)
    assert feature.WhichOneof("kind") == kind
    assert list(getattr(feature, kind).value) == values


def test_an_empty_list_is_a_feature_without_a_type() -> None:
    assert feature_of([]).WhichOneof("kind") is None


@pytest.mark.parametrize("content", [None, [None], [[1]], {"a": 1}, {"b64": "?"}])
def test_what_is_no_scalar_is_refused_by_name(content) -> None:
    with pytest.raises(InputError, match="'x' has"):
        feature_of(content)


@pytest.mark.parametrize("content", [[1, 2.5], [2.5, "a"], ["a", 1], [True, 1.0]])
def test_a_list_of_several_types_is_refused_by_name(content) -> None:
    with pytest.raises(InputError, match="'x' mixes"):
        feature_of(content)


@pytest.mark.parametrize("content", [2**63, -(2**63) - 1, 1e39])
def test_a_number_that_the_list_cannot_hold_is_refused(content) -> None:
    with pytest.raises(InputError, match="too large"):
        feature_of(content)


@pytest.mark.parametrize("examples", [None, [], {}, "a", [3], [[]]])
def test_what_is_no_list_of_rows_is_refused(examples) -> None:
    with pytest.raises(InputError, match=r"'examples' is no list|is no object"):
        to_examples({"examples": examples})
