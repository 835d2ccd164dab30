"""Rows as `tf.train.Example`: each row and column is read by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.serving.tf_examples import MISSING, read_examples, serialise_examples

SIGNATURE = {
    "price": tf.TensorSpec((None,), tf.float32),
    "标题": tf.TensorSpec((None,), tf.string),
    "session_length": tf.TensorSpec((None,), tf.int32),
    "elapsed": tf.TensorSpec((None, None), tf.float32),
    "item id": tf.TensorSpec((None, None), tf.string),
}

_bytes = st.one_of(st.binary(max_size=6), st.binary(min_size=120, max_size=140))
_floats = st.floats(width=32)
_integers = st.integers(-(2**63), 2**63 - 1)
_features = st.one_of(
    st.builds(tf.train.BytesList, value=st.lists(_bytes, max_size=4)),
    st.builds(tf.train.FloatList, value=st.lists(_floats, max_size=40)),
    st.builds(tf.train.Int64List, value=st.lists(_integers, max_size=40)),
    st.none(),
)
_rows = st.dictionaries(st.sampled_from([*SIGNATURE, "price ", ""]), _features, max_size=7)


def padded_examples(serialised: tf.Tensor) -> dict[str, tf.Tensor]:
    columns = read_examples(serialised, SIGNATURE)
    return {
        name: values.to_tensor(MISSING[values.dtype]) if isinstance(values, tf.RaggedTensor) else values
        for name, values in columns.items()
    }


@tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
def in_graph(serialised: tf.Tensor) -> dict[str, Any]:
    return read_examples(serialised, SIGNATURE)


def feature(values: Any) -> tf.train.Feature:
    kinds = {"BytesList": "bytes_list", "FloatList": "float_list", "Int64List": "int64_list"}
    return tf.train.Feature(**({} if values is None else {kinds[type(values).__name__]: values}))


def example(row: dict[str, Any]) -> bytes:
    features = {name: feature(values) for name, values in row.items()}
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def lists(columns: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of columns, numbers by their bits."""
    read = {
        name: values.to_list() if isinstance(values, tf.RaggedTensor) else values.numpy().tolist()
        for name, values in columns.items()
    }
    return [dict(zip(read, map(repr, row), strict=True)) for row in zip(*read.values(), strict=True)]


def expected(row: dict[str, Any]) -> dict[str, str]:
    """What one row is read as, in Python."""
    values = {}
    for name, spec in SIGNATURE.items():
        given, text = row.get(name), spec.dtype == tf.string
        fits = given is not None and isinstance(given, tf.train.BytesList) == text
        entries = [each if text else float(np.float32(each)) for each in given.value] if fits else []
        if spec.shape.rank == 1:
            [value] = entries if len(entries) == 1 else [MISSING[spec.dtype]]
            if spec.dtype == tf.int32:
                value = int(value) if abs(value) < 2**31 else MISSING[tf.int32]
            values[name] = repr(value)
        else:
            values[name] = repr(entries)
    return values


@settings(deadline=None, max_examples=200)
@given(st.lists(_rows, max_size=6))
def test_each_row_is_read_as_if_it_were_alone(rows: list[dict[str, Any]]) -> None:
    read = lists(in_graph(tf.constant(list(map(example, rows)), tf.string)))
    assert read == list(map(expected, rows))


@settings(deadline=None)
@given(st.data(), st.integers(0, 5), st.integers(0, 9))
def test_what_is_written_is_read_again(data: st.DataObject, rows: int, events: int) -> None:
    entries = {tf.float32: _floats, tf.string: _bytes, tf.int32: st.integers(-1, 2**24)}
    columns = {}
    for name, spec in SIGNATURE.items():
        shape = (rows, events)[: spec.shape.rank]
        size = math.prod(shape)
        values = np.empty(size, object)
        values[:] = data.draw(st.lists(entries[spec.dtype], min_size=size, max_size=size))
        columns[name] = values.reshape(shape).astype(spec.dtype.as_numpy_dtype)
    if rows:
        read = padded_examples(tf.constant(serialise_examples(columns)))
        for name, values in columns.items():
            np.testing.assert_array_equal(read[name].numpy(), values)


def test_well_typed_rows_are_read_as_by_tensorflows_own_parser() -> None:
    rows = [
        {"price": tf.train.FloatList(value=[2.5]), "elapsed": tf.train.FloatList(value=[0.0, 1.5])},
        {"标题": tf.train.BytesList(value=[b"red"]), "item id": tf.train.BytesList(value=[b"a", b"", b"c"])},
    ]
    serialised = tf.constant(list(map(example, rows)))
    theirs = tf.io.parse_example(
        serialised,
        {
            "price": tf.io.FixedLenFeature((), tf.float32, np.nan),
            "标题": tf.io.FixedLenFeature((), tf.string, b""),
            "elapsed": tf.io.FixedLenSequenceFeature((), tf.float32, True, np.nan),
            "item id": tf.io.FixedLenSequenceFeature((), tf.string, True, b""),
        },
    )
    ours = padded_examples(serialised)
    for name, values in theirs.items():
        np.testing.assert_array_equal(ours[name], values)


def test_no_rows_have_columns_without_rows() -> None:
    read = padded_examples(tf.constant([], tf.string))
    assert {name: values.shape.as_list() for name, values in read.items()} == {
        name: [0] * spec.shape.rank for name, spec in SIGNATURE.items()
    }


def framed(*parts: bytes) -> bytes:
    """A content, the last, in message within message; each of the others is what stands before a length."""
    *before, content = parts
    for part in reversed(before):
        content = part + bytes([len(content)]) + content
    return content


def entry(name: str, kind: int, content: bytes) -> bytes:
    """An entry of the map, with a list of a kind that holds a content."""
    return framed(b"\n", framed(b"\n", name.encode()) + framed(b"\x12", bytes([kind << 3 | 2]), content))


def test_of_features_of_the_same_name_the_last_counts() -> None:
    entries = [entry("price", 2, framed(b"\n", np.float32(price).tobytes())) for price in (1, 2)]
    assert in_graph(tf.constant([framed(b"\n", b"".join(entries))]))["price"].numpy().tolist() == [2.0]


def test_texts_with_lengths_in_needless_bytes_move_no_other_rows() -> None:
    lists = [b"\n\x01a\n\x01b", b"\n\x81\x80\x00c\n\x81\x00d", b"\n\x01e"]
    rows = [framed(b"\n", entry("item id", 1, each)) for each in lists]
    assert in_graph(tf.constant(rows))["item id"].to_list() == [[b"a", b"b"], [b"c", b"d"], [b"e"]]


@pytest.mark.parametrize(
    "content",
    [
        framed(b"\n", b"\xff"),
        framed(b"\n", b"\x01\xff"),
        framed(b"\n", b"\xff" * 12),
        b"\x10\x05",
        b"\n\x01\x05\x10\x05",
    ],
    ids=["endless", "endless after another", "too long", "another field", "another field behind"],
)
def test_a_list_of_broken_numbers_changes_no_other_row(content: bytes) -> None:
    whole = example({"elapsed": tf.train.Int64List(value=[7, 300])})
    broken = framed(b"\n", entry("elapsed", 3, content))
    assert in_graph(tf.constant([whole, broken, whole]))["elapsed"].to_list()[::2] == [[7.0, 300.0]] * 2


_MESSAGE = example(
    {"price": tf.train.FloatList(value=[2.5]), "标题": tf.train.BytesList(value=[b"x" * 20_000])}
)


@pytest.mark.parametrize(
    "broken",
    [b"no message", b"\n", b"\n" + b"\xff" * 9, _MESSAGE[:-1], _MESSAGE[:40], _MESSAGE + b"\n", _MESSAGE[1:]],
    ids=["other", "empty", "endless", "cut", "shorter", "longer", "headless"],
)
def test_bytes_that_are_no_example_are_all_missing_and_change_no_other_row(broken: bytes) -> None:
    rows = lists(in_graph(tf.constant([_MESSAGE, broken, _MESSAGE])))
    assert rows[1] == expected({})
    assert rows[0] == rows[2] != rows[1]


def test_an_example_that_is_broken_inside_fails() -> None:
    with pytest.raises(tf.errors.DataLossError):
        in_graph(tf.constant([framed(b"\n", b"no features")]))


def test_a_long_list_is_not_padded_into_other_rows() -> None:
    rows = [example({"item id": tf.train.BytesList(value=[b"x"] * 200_000)}), *[example({})] * 5_000]
    # Padded, 200,000 texts of 5,000 rows would take 24 GB.
    assert in_graph(tf.constant(rows))["item id"].row_lengths()[:2].numpy().tolist() == [200_000, 0]


def test_a_column_more_is_no_operation_more() -> None:
    def operations(columns: int) -> int:
        signature = {str(column): tf.TensorSpec((None,), tf.float32) for column in range(columns)}
        function = tf.function(lambda each: read_examples(each, signature), autograph=False)
        graph = function.get_concrete_function(tf.TensorSpec((None,), tf.string)).graph
        return len([each for each in graph.get_operations() if each.type not in ("Identity", "Const")])

    assert operations(300) == operations(3)
