"""Entities are decoded as NLTK decodes them."""

from __future__ import annotations

import html.entities

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize.casual import _replace_html_entities

from intent_tf.text.html_entities import decode_entities

numbers = st.one_of(
    st.integers(0, 0x120000), st.integers(0x7E, 0xA2), st.integers(0xD7FE, 0xE001), st.integers(0, 10**9)
)
numerals = st.one_of(
    numbers.map(str),
    numbers.map("{:x}".format),
    numbers.map("{:X}".format),
    st.sampled_from(["٦٥", "𝟙", "1_0", "_1"]),
)
bodies = st.one_of(
    st.sampled_from([*html.entities.name2codepoint]),
    st.tuples(st.sampled_from(["#", "#x", "x", "#X", "#+", "#-", "#x0x", "#x0X_", "#000", ""]), numerals).map(
        "".join
    ),
    st.text("#xX0aF_+-é", min_size=1),
)
texts = st.lists(st.one_of(bodies.map("&{};".format), st.sampled_from([*"& a;é", "&&"]))).map("".join)


def decoded(*batch: str) -> list[str]:
    encoded = np.array([*(text.encode() for text in batch), b""], object)[:-1]
    return [text.decode() for text in decode_entities(tf.constant(encoded, tf.string)).numpy()]


def nltk(text: str) -> str:
    return "".join(
        "\ufffd" if "\ud800" <= char <= "\udfff" else char for char in _replace_html_entities(text)
    )


@settings(deadline=None, max_examples=20)
@given(st.lists(texts, min_size=20, max_size=50))
def test_graph_decodes_as_nltk_does(batch: list[str]) -> None:
    assert decoded(*batch) == list(map(nltk, batch))


def test_every_named_entity_is_decoded() -> None:
    batch = [f"&{name};" for name in html.entities.name2codepoint]
    assert decoded(*batch) == list(map(nltk, batch))


@pytest.mark.parametrize(
    ("entity", "character"),
    [
        ("&amp;", "&"),
        ("&#38;", "&"),
        ("&#x26;", "&"),
        ("&#150;", "–"),
        ("&#129;", ""),
        ("&#1114112;", ""),
        ("&#xdfff;", "\ufffd"),
    ],
)
def test_an_entity_becomes_its_character(entity: str, character: str) -> None:
    assert decoded(f"a{entity}b") == [f"a{character}b"]


def test_numbers_longer_than_python_reads_are_unknown() -> None:
    batch = [f"&#{'0' * 4298}65;", f"&#{'0' * 4299}65;", f"&#x{'0' * 5000}41;"]
    assert decoded(*batch) == ["A", "", "A"] == list(map(nltk, batch))
