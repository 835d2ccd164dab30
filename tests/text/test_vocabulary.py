"""Vocabularies are counted with NLTK and do not depend on the order of the texts."""

from __future__ import annotations

from nltk import FreqDist

from intent_tf.text import Tokenizer, count_tokens, count_vocabulary

TEXTS = ["b a a", "c b a", "c, once"]


def test_tokens_are_counted_over_all_texts() -> None:
    assert count_tokens(TEXTS, Tokenizer()) == FreqDist({"a": 3, "b": 2, "c": 2, ",": 1, "once": 1})


def test_the_most_frequent_token_comes_first_and_ties_are_in_order() -> None:
    assert count_vocabulary(TEXTS, Tokenizer()) == ["a", "b", "c"]


def test_the_order_of_texts_does_not_matter() -> None:
    assert count_vocabulary(TEXTS[::-1], Tokenizer()) == count_vocabulary(TEXTS, Tokenizer())


def test_min_count_leaves_out_rare_tokens() -> None:
    assert count_vocabulary(TEXTS, Tokenizer(), min_count=3) == ["a"]


def test_max_tokens_keeps_the_most_frequent() -> None:
    assert count_vocabulary(TEXTS, Tokenizer(), min_count=1, max_tokens=2) == ["a", "b"]


def test_stop_words_are_not_counted() -> None:
    assert count_vocabulary(TEXTS, Tokenizer(stop_words=("a",))) == ["b", "c"]
