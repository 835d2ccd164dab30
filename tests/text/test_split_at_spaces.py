"""Strings are split at plain spaces only."""

from __future__ import annotations

import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.text.split_at_spaces import split_at_spaces


@given(st.lists(st.text("a é漢\t\x85"), max_size=5))
def test_words_are_what_python_splits_at_spaces(batch: list[str]) -> None:
    texts = tf.constant([text.encode() for text in batch], tf.string)
    words = [[word.decode() for word in row] for row in split_at_spaces(texts).to_list()]
    assert words == [[word for word in text.split(" ") if word] for text in batch]


def test_an_empty_batch_has_no_rows() -> None:
    assert split_at_spaces(tf.constant([], tf.string)).to_list() == []
