"""The rule that chooses between one product a distinct token and one a position."""

from __future__ import annotations

import numpy as np
import pytest

from intent_tf.layers.text_cnn.sharing_pays import sharing_pays


def zipf(texts: int, tokens: int, vocabulary: int) -> np.ndarray:
    weights = 1 / np.arange(1, vocabulary)
    return np.random.default_rng(0).choice(
        np.arange(1, vocabulary), (texts, tokens), p=weights / weights.sum()
    )


@pytest.mark.parametrize("training", [True, False])
def test_words_are_shared(training: bool) -> None:
    assert bool(sharing_pays(zipf(256, 100, 20_000), training))


@pytest.mark.parametrize("training", [True, False])
def test_a_few_texts_are_not(training: bool) -> None:
    assert not bool(sharing_pays(zipf(1, 100, 20_000), training))


def test_tokens_that_do_not_repeat_are_shared_only_for_their_gradient_in_long_texts() -> None:
    short, long = np.arange(4096).reshape(512, 8), np.arange(12_800).reshape(128, 100)
    assert not bool(sharing_pays(short, training=True))
    assert not bool(sharing_pays(long, training=False))
    assert bool(sharing_pays(long, training=True))


@pytest.mark.parametrize(("tokens", "pays"), [(100, False), (400, True)])
def test_prediction_shares_random_ids_where_a_position_has_two_equals(tokens: int, pays: bool) -> None:
    ids = np.random.default_rng(0).integers(20_000, size=(256, tokens))
    assert bool(sharing_pays(ids)) == pays
