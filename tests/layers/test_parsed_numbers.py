import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.layers.parsed_numbers import ParsedNumbers

nan, inf = np.nan, np.inf


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.50", 12.5),
        ("$12.50", 12.5),
        ("-$5", -5),
        ("$-5", -5),
        ("($1,234.50)", -1234.5),
        ("12.5 %", 12.5),
        ("5 KG", 5),
        ("5kg", 5),
        ("1,234", 1234),
        ("1,234,567.8", 1234567.8),
        ("1 234", 1234),
        ("1\u202f234", 1234),
        ("1'234", 1234),
        ("1’234", 1234),
        ("5-", -5),
        ("−5", -5),
        ("+3", 3),
        (".5", 0.5),
        ("5.", 5),
        ("1e-3", 0.001),
        ("1e400", inf),
        ("12O.5", nan),
        ("12,5", nan),
        ("1,23", nan),
        ("1,2345", nan),
        ("5 kg 3", nan),
        ("--5", nan),
        ("-", nan),
        ("$", nan),
        ("nan", nan),
        ("", nan),
        ("1.2.3", nan),
        ("18:45", nan),
    ],
)
def test_a_number_with_a_decimal_point_is_read(text: str, number: float) -> None:
    read = ParsedNumbers(".", ["$", "%", "kg"])(tf.constant([text])).numpy()[0]
    assert read == np.float32(number) or (np.isnan(read) and np.isnan(number))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("36,5", 36.5),
        ("1.304", 1304),
        ("1.234,56 €", 1234.56),
        ("1.30", nan),
        ("1,304", 1.304),
        ("1.304.500", 1304500),
    ],
)
def test_a_number_with_a_decimal_comma_is_read(text: str, number: float) -> None:
    read = ParsedNumbers(",", "€")(tf.constant([text])).numpy()[0]
    assert read == np.float32(number) or (np.isnan(read) and np.isnan(number))


@given(st.floats(-1e30, 1e30), st.sampled_from([".", ","]))
def test_what_python_writes_is_read_back(number: float, decimal: str) -> None:
    text = repr(number).replace(".", decimal)
    assert ParsedNumbers(decimal)(tf.constant(text)).numpy() == pytest.approx(np.float32(number), rel=1e-6)


@given(st.text(max_size=12))
def test_no_text_fails(text: str) -> None:
    ParsedNumbers(",", ["€"])(tf.constant(text.encode("utf-8", "replace")))


def test_shapes_are_kept() -> None:
    assert ParsedNumbers()(tf.constant([["1", "2"], ["3", "x"]])).shape == (2, 2)


def test_a_saved_layer_reads_alike() -> None:
    layer = ParsedNumbers(",", ["€", "eur"])
    config = keras.saving.serialize_keras_object(layer)
    assert keras.saving.deserialize_keras_object(config)(tf.constant("5,5 eur")).numpy() == 5.5
