"""The graph normalises and lower-cases as Python does, for every string."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.errors import InputError
from intent_tf.text.composition import composing_seconds, composition_pairs
from intent_tf.text.normaliser import Form, Normaliser

_ALL = [chr(code_point) for code_point in range(0x110000) if not 0xD800 <= code_point <= 0xDFFF]
_MARKS = [char for char in _ALL if unicodedata.combining(char)]
_PARTS = sorted(
    {chr(part) for pair in composition_pairs() for part in pair} | set(map(chr, composing_seconds()))
)
_DECOMPOSING = [char for char in _ALL if unicodedata.normalize("NFKD", char) != char]
#: Texts that hold little but characters which are reordered, composed or cased in context.
tangled_text = st.text(
    st.one_of(*map(st.sampled_from, (_MARKS, _PARTS, _DECOMPOSING, "ΣΑσ. \u0301İ", "\u1100\u1161\u11a8가"))),
    max_size=30,
)
every_setting = pytest.mark.parametrize("lower", [True, False])


@cache
def graph(form: Form | None, lower: bool) -> Any:
    return tf.function(Normaliser(form, lower).__call__, input_signature=[tf.TensorSpec((None,), tf.string)])


def normalised(batch: list[str], form: Form | None = "NFKC", lower: bool = True) -> list[str]:
    encoded = np.empty(len(batch), object)
    encoded[:] = [text.encode() for text in batch]
    return [text.decode() for text in graph(form, lower)(tf.constant(encoded, tf.string)).numpy()]


def python(text: str, form: Form | None, lower: bool) -> str:
    text = unicodedata.normalize(form, text) if form else text
    text = text.lower() if lower else text
    return "".join(" " if char.isspace() else char for char in text)


@pytest.mark.parametrize("form", ["NFKC", "NFC", None])
@every_setting
@settings(max_examples=10, deadline=None)
@given(batch=st.lists(tangled_text, min_size=30, max_size=60))
def test_graph_normalises_as_python_does(form: Form | None, lower: bool, batch: list[str]) -> None:
    assert normalised(batch, form, lower) == [python(text, form, lower) for text in batch]


@pytest.mark.parametrize("form", ["NFKC", "NFC", None])
@every_setting
def test_graph_normalises_every_character_as_python_does(form: Form | None, lower: bool) -> None:
    assert normalised(_ALL, form, lower) == [python(char, form, lower) for char in _ALL]


def test_reference_is_what_python_does() -> None:
    assert Normaliser("NFKC").reference("ＡΣ\u2003ﬁ") == "aς fi"


def test_marks_are_sorted_by_their_class_before_composition() -> None:
    # U+0323 (dot below, class 220) goes before U+0302 (circumflex, class 230); both compose with the e.
    assert normalised(["e\u0302\u0323"], lower=False) == ["\u1ec7"]


def test_a_mark_of_the_same_class_blocks_the_next() -> None:
    assert normalised(["a\u0305\u0301"]) == ["a\u0305\u0301"]


def test_composition_chains_through_several_marks() -> None:
    assert normalised(["u\u0308\u0304"]) == ["\u01d6"]


def test_hangul_letters_compose_to_syllables() -> None:
    assert normalised(["\u1100\u1161\u11a8\u1100\u1161", "가\u11a8"]) == ["각가", "각"]


def test_a_mark_does_not_compose_across_texts() -> None:
    assert normalised(["e", "\u0301"]) == ["e", "\u0301"]


def test_excluded_compositions_stay_apart() -> None:
    assert normalised(["\u0958"]) == ["\u0915\u093c"]


def test_sigma_is_final_only_at_the_end_of_a_word() -> None:
    assert normalised(["ΣΑΣ ΑΣ'Α Σ"]) == ["σας ασ'α σ"]


def test_untouched_texts_are_returned_beside_rewritten_ones() -> None:
    assert normalised(["plain", "ＷＩＤＥ", "CAPITAL", "e\u0301"]) == ["plain", "wide", "capital", "é"]


def test_unknown_form_is_an_error() -> None:
    with pytest.raises(InputError, match="'NFD'; expected 'NFC', 'NFKC' or None"):
        Normaliser("NFD")  # type: ignore[arg-type]
