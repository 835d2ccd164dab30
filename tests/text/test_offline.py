"""What is tokenised in Python, a model with the tokenizer "whitespace" takes apart again."""

from __future__ import annotations

import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text import Tokenizer, tokenize_offline


def test_stems_are_those_of_nltk() -> None:
    assert tokenize_offline(["Dresses were fitting"], stem="english") == ["dress were fit"]


def test_jieba_finds_words() -> None:
    pytest.importorskip("jieba", reason="jieba is not installed")
    assert tokenize_offline(["衣服很好 iPhone"], "jieba") == ["衣服 很 好 iphone"]


def test_options_are_those_of_the_tokenizer() -> None:
    assert tokenize_offline(["the red dresses"], stem="porter", stop_words=("the",)) == ["red dress"]


def test_the_graph_finds_the_same_tokens_again() -> None:
    texts = tokenize_offline(["Don't miss the dresses!", ""], stem="english")
    found = Tokenizer("whitespace")(tf.constant(texts)).to_list()
    assert found == [[b"don", b"'", b"t", b"miss", b"the", b"dress", b"!"], []]


def test_an_unknown_stemmer_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'klingon'; expected .*english"):
        tokenize_offline(["a"], stem="klingon")
