"""A tiny encoder with random weights."""

from __future__ import annotations

import string

import keras
import pytest

from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds

VOCABULARY = (
    *SPECIAL,
    *string.ascii_lowercase,
    *(f"##{letter}" for letter in string.ascii_lowercase),
    "love",
    "bad",
    "red",
    "hat",
    "cap",
    "bag",
    "[browse]",
    "[click]",
    "[cart]",
)


def make_encoder(**options: object) -> BertEncoder:
    keras.utils.set_random_seed(1)
    network = BertTransformer(
        len(VOCABULARY), num_layers=2, hidden_dim=16, num_heads=2, max_sequence_length=40, dropout=0.0
    )
    return BertEncoder(network, WordPieceIds(32, vocabulary=VOCABULARY), **options)


@pytest.fixture(scope="session", name="make_encoder")
def _make_encoder():
    """A function that makes the encoder: ``make_encoder(pooling="cls")``."""
    return make_encoder
