"""Texts of tokenisers that work in Python only reach the model as tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.features.prepared import PreparedData, preprocess_data
from intent_tf.features.token_columns import cut_texts, with_tokens
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.serving.export import export_saved_model
from intent_tf.text import NGrams, Tokenizer

STEMMED = Tokenizer(stem="english")
TITLE = FeatureSpecification((Column("title", "text", "string"),))


@pytest.fixture(scope="module")
def frame(make_shop: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return make_shop(120)[["title", "pages", "bought"]]


@pytest.fixture(scope="module")
def data(frame: pd.DataFrame) -> PreparedData:
    return preprocess_data(frame, "bought", kinds={"title": "text"}, tokenizer=STEMMED)


@pytest.fixture(scope="module")
def model(data: PreparedData) -> IntentModel:
    extractor = build_feature_extractor(data, dimension=4, filters=4)
    return build_model(data, extractor, build_predictor(members=2))


def test_texts_become_tokens_only_for_tokenisers_of_python() -> None:
    assert with_tokens(TITLE, Tokenizer("social")) == TITLE
    assert with_tokens(TITLE, STEMMED)["title"] == Column("title", "text", "tokens")
    assert with_tokens(TITLE, NGrams(STEMMED))["title"].is_list


def test_texts_of_events_are_refused() -> None:
    specification = FeatureSpecification((Column("query", "sequence", "string"),))
    with pytest.raises(InputError, match="texts of events"):
        with_tokens(specification, STEMMED)


def test_a_missing_text_has_no_tokens() -> None:
    frame = pd.DataFrame({"title": ["Dresses", None]}, index=[7, 9])
    assert cut_texts(frame, with_tokens(TITLE, STEMMED), STEMMED)["title"].to_dict() == {7: ["dress"], 9: []}


def test_what_is_cut_is_not_cut_again() -> None:
    frame = pd.DataFrame({"title": [["Dresses"]]})
    assert cut_texts(frame, with_tokens(TITLE, STEMMED), STEMMED)["title"].tolist() == [["Dresses"]]


def test_the_vocabulary_holds_stems(data: PreparedData) -> None:
    assert "love" in data.preprocessor.token_ids.vocabulary


def test_a_model_predicts_from_raw_texts_what_it_predicts_from_tokens(
    model: IntentModel, frame: pd.DataFrame
) -> None:
    cut = cut_texts(frame, model.preprocessor.specification, STEMMED)
    np.testing.assert_array_equal(model.predict(frame), model.predict(cut))


def test_the_saved_model_takes_tokens(model: IntentModel, frame: pd.DataFrame, tmp_path: Path) -> None:
    export_saved_model(model, tmp_path / "1")
    served = tf.saved_model.load(tmp_path / "1").signatures["serving_default"]
    assert served.structured_input_signature[1]["title"].shape.as_list() == [None, None]
    cut = cut_texts(frame, model.preprocessor.specification, STEMMED)
    tokens = tf.ragged.constant(cut["title"].tolist()).to_tensor("")
    strength = served(title=tokens, pages=tf.constant(frame["pages"], tf.float32))["intent_strength"]
    np.testing.assert_allclose(strength, model.predict(frame), atol=1e-6)
    assert "| `title` | string | (batch, tokens) |" in (tmp_path / "1" / "signature.md").read_text()


def test_raw_text_in_the_graph_is_an_error_that_says_so(model: IntentModel) -> None:
    with pytest.raises(InputError, match="works in Python only, so that no model can take raw text"):
        model({"title": tf.constant(["red hat"]), "pages": tf.constant([1.0])})


def test_two_columns_of_tokens_follow_each_other() -> None:
    frame = pd.DataFrame({"a": ["red hats"] * 2, "b": ["caps"] * 2, "bought": [0, 1]})
    data = preprocess_data(
        pd.concat([frame] * 20, ignore_index=True).assign(n=range(40)),
        "bought", kinds={"a": "text", "b": "text"}, tokenizer=STEMMED,
    )  # fmt: skip
    words = data.preprocessor.token_ids.vocabulary
    ids = data.train.features.text[0].numpy()
    assert [words[place - 2] for place in ids] == ["red", "hat", "cap"]
