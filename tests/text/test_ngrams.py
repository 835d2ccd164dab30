"""N-grams are NLTK's, in Python and in the graph."""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.errors import InputError
from intent_tf.text import NGrams, TokenIds, Tokenizer

OPTIONS: list[dict[str, Any]] = [
    {},
    {"words": (3, 1), "characters": (2, 5)},
    {"words": (), "characters": (3,)},
]


@cache
def layer_and_graph(options: tuple[tuple[str, Any], ...]) -> tuple[NGrams, Any]:
    layer = NGrams(**dict(options))
    return layer, tf.function(layer.call, input_signature=[tf.TensorSpec((None,), tf.string)])


@pytest.mark.parametrize("options", OPTIONS)
@settings(deadline=None, max_examples=20)
@given(
    batch=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=20)
)
def test_graph_and_reference_agree(options: dict[str, Any], batch: list[str]) -> None:
    layer, graph = layer_and_graph(tuple(options.items()))
    encoded = np.array([*(text.encode() for text in batch), b""], object)[:-1]
    grams = [[gram.decode() for gram in row] for row in graph(tf.constant(encoded, tf.string)).to_list()]
    assert grams == list(map(layer.reference, batch))


def test_words_are_joined_by_blanks() -> None:
    assert NGrams(words=(2,))(tf.constant(["not so good", "one"])).to_list() == [[b"not so", b"so good"], []]


def test_characters_are_marked_at_both_ends_of_a_word() -> None:
    assert NGrams(words=(), characters=(3,))(tf.constant(["ab é"])).to_list() == [
        [b"<ab", b"ab>", "<é>".encode()]
    ]


def test_token_ids_take_n_grams() -> None:
    layer = TokenIds(NGrams(words=(2,)))
    layer.adapt(["not good", "not good", "so good"])
    assert layer(tf.constant(["not good at all"])).numpy().tolist() == [[2, 1, 1]]


def test_n_grams_survive_their_configuration() -> None:
    layer = NGrams(Tokenizer("social"), words=(1, 3), characters=(4,))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert copy.get_config() == layer.get_config()


@pytest.mark.parametrize("options", [{"words": ()}, {"words": (0,)}, {"characters": (-1,)}])
def test_lengths_must_be_positive(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="at least 1"):
        NGrams(**options)
