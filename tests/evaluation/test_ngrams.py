"""Explanations of texts: what is credited, and that it adds up."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData
from intent_tf.evaluation.ngrams import explain_texts, strongest_ngrams
from intent_tf.models.intent_model import IntentModel


@pytest.fixture(scope="module")
def batch(shop_data: PreparedData) -> dict[str, tf.Tensor]:
    return next(iter(shop_data.test.batches(16)))[0]


def test_what_the_wide_part_adds_is_credited_in_full(
    shop_model: IntentModel, batch: dict[str, tf.Tensor]
) -> None:
    silent = [(kernel, kernel.numpy()) for kernel in shop_model.extractor.parts["text"].kernels]
    biases = [(bias, bias.numpy()) for bias in shop_model.extractor.parts["text"].biases]
    for weight, _ in [*silent, *biases]:
        weight.assign(tf.zeros_like(weight.value))
    credited = [sum(move.logit for move in moves) for moves in explain_texts(shop_model, batch)]
    for weight, value in [*silent, *biases]:
        weight.assign(value)
    np.testing.assert_allclose(credited, shop_model.wide(batch["text"])[:, 0], atol=1e-5)


def test_every_credited_run_stands_in_its_text(shop_model: IntentModel, batch: dict[str, tf.Tensor]) -> None:
    for ids, moves in zip(batch["text"].numpy(), explain_texts(shop_model, batch), strict=True):
        text = " ".join(map(str, ids))
        for tokens, _ in moves:
            assert " ".join(map(str, tokens)) in text


def test_the_strongest_come_first(shop_model: IntentModel, batch: dict[str, tf.Tensor]) -> None:
    for moves in explain_texts(shop_model, batch):
        sizes = [abs(move.logit) for move in moves]
        assert sizes == sorted(sizes, reverse=True)


def test_sessions_are_explained_in_their_own_words(shop_model: IntentModel, shop_data: PreparedData) -> None:
    words = set(shop_data.preprocessor.vocabularies["session"])
    found = strongest_ngrams(shop_model, shop_data.test, "session", least=1)
    assert found
    for row in found:
        assert any(word and word in row["ngram"] for word in words)


def test_a_word_that_decides_is_named_with_its_weight(
    shop_model: IntentModel, shop_data: PreparedData
) -> None:
    ids = {word: index for index, word in enumerate(shop_data.preprocessor.vocabularies["text"])}
    table, before = shop_model.wide.table, shop_model.wide.table.numpy()
    table.assign(np.where(np.arange(len(before))[:, None] == ids["love"], 5.0, before))
    found = strongest_ngrams(shop_model, shop_data.test)
    table.assign(before)
    assert found[0]["ngram"] == "love"
    assert found[0]["texts"] == shop_data.test.frame["title"].str.contains("love").sum()


def test_a_model_without_text_has_nothing_to_explain(
    shop_model: IntentModel, shop_data: PreparedData
) -> None:
    parts = {name: part for name, part in shop_model.extractor.parts.items() if name != "text"}
    whole, shop_model.extractor.parts = shop_model.extractor.parts, parts
    try:
        assert strongest_ngrams(shop_model, shop_data.test) == []
    finally:
        shop_model.extractor.parts = whole
