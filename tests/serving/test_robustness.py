"""Whatever comes in, a finite probability or a clean error goes out, the same in Python and in C++."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tensorflow as tf
from c_loader import CLoaderError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intent_tf.serving import ServedModel

ODD_NUMBERS = [math.nan, math.inf, -math.inf, -0.0, -1.0, 3.4e38, -3.4e38, 1e-45, 0.5, 2.0**31, 2.0**63, 7.0]
ODD_TEXTS = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"caf\xc3",
    b"\x1b[31m\r\n\t\x7f",
    "e\u0301\u200d\u202e".encode(),
    "手表".encode(),
    "👩‍👩‍👧".encode(),
    b"cart",
    b"[cart]",
    b"search",
    b" ",
    b"NaN",
    b"lamp " * 50,
]
numbers = st.one_of(st.sampled_from(ODD_NUMBERS), st.floats(width=32))
texts = st.one_of(st.sampled_from(ODD_TEXTS), st.binary(max_size=20), st.text(max_size=20).map(str.encode))
lengths = st.integers(-(2**31), 2**31 - 1)
ENTRIES = {tf.float32: numbers, tf.string: texts, tf.int32: lengths}


@st.composite
def columns(draw, signature):
    """Raw columns of any content, with their own number of events."""
    rows = draw(st.integers(1, 3))
    made = {}
    for name, info in sorted(signature.inputs.items()):
        shape = [rows] + [draw(st.integers(0, 4)) for _ in info.tensor_shape.dim[1:]]
        size = math.prod(shape)
        dtype = tf.as_dtype(info.dtype)
        entries = draw(st.lists(ENTRIES[dtype], min_size=size, max_size=size))
        made[name] = np.array(entries, dtype.as_numpy_dtype).reshape(shape)
    return made


def same_in_both(served: ServedModel, loader, inputs) -> np.ndarray:
    """The probabilities, after checking that both loaders give them, finite and in [0, 1]."""
    in_python, in_c = served.run(inputs), loader.run(inputs)
    probabilities = in_python["intent_strength"]
    assert np.isfinite(probabilities).all()
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    for name in in_python:
        np.testing.assert_allclose(in_c[name], in_python[name], rtol=0, atol=1e-6)
    return probabilities


@pytest.fixture(scope="module")
def served(exported):
    return ServedModel(exported.folder)


def test_any_raw_columns_give_a_strength(exported, served, load_in_c) -> None:
    loader = load_in_c(exported.folder)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(columns(served.signatures["serving_default"]))
    def check(inputs) -> None:
        same_in_both(served, loader, inputs)

    check()


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_any_number_everywhere_gives_a_strength(exported, served, load_in_c, number) -> None:
    inputs = exported.raw(slice(3))
    for name, values in inputs.items():
        if values.dtype == np.float32:
            inputs[name] = np.full_like(values, number)
    same_in_both(served, load_in_c(exported.folder), inputs)


def test_texts_of_a_megabyte_give_a_strength(exported, served, load_in_c) -> None:
    inputs = exported.raw(slice(2))
    for name, values in inputs.items():
        if values.dtype == object:
            inputs[name] = values.copy()
            inputs[name].flat[0] = b"lamp \xff" * 175_000 if name != "text" else b"x" * 1_000_000
    same_in_both(served, load_in_c(exported.folder), inputs)


def test_a_session_of_ten_thousand_events_gives_a_strength(events, load_in_c) -> None:
    served, length = ServedModel(events.folder), 10_000
    inputs = {
        name: np.resize(values, (2, length)) if values.ndim == 2 else values
        for name, values in events.raw(slice(2)).items()
    }
    inputs["elapsed"] = np.tile(np.arange(length, dtype=np.float32), (2, 1))
    same_in_both(served, load_in_c(events.folder), inputs)


def test_a_session_without_events_gives_a_strength(events, load_in_c) -> None:
    inputs = {name: v[:, :0] if v.ndim == 2 else v for name, v in events.raw(slice(3)).items()}
    same_in_both(ServedModel(events.folder), load_in_c(events.folder), inputs)


def test_padding_changes_no_strength(events, load_in_c) -> None:
    served, inputs = ServedModel(events.folder), events.raw(slice(5))
    longer = {
        name: np.pad(v, ((0, 0), (0, 9)), constant_values=b"" if v.dtype == object else np.nan)
        if v.ndim == 2
        else v
        for name, v in inputs.items()
    }
    found = same_in_both(served, load_in_c(events.folder), longer)
    np.testing.assert_allclose(found, served.run(inputs)["intent_strength"], rtol=0, atol=1e-6)


def test_an_example_that_is_broken_inside_is_a_clean_error_in_both(exported, served, load_in_c) -> None:
    inputs = {"inputs": np.array([b"\n\x03off"], object)}
    with pytest.raises(tf.errors.DataLossError):
        served.run(inputs, "serving_examples")
    loader = load_in_c(exported.folder)
    with pytest.raises(CLoaderError, match="DecodeProto"):
        loader.run(inputs, "serving_examples")


def test_the_process_lives_on_after_an_error(exported, served, load_in_c) -> None:
    loader = load_in_c(exported.folder)
    with pytest.raises(CLoaderError):
        loader.run({"inputs": np.array([b"\n\x03off"], object)}, "serving_examples")
    same_in_both(served, loader, exported.raw(slice(3)))
