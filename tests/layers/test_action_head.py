"""The strongest action: its probabilities sum to one with the probability, and it is learnt beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError
from intent_tf.layers.action_head import ActionHead
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model

LOGITS = tf.constant([[0.0, 0.0, 0.0], [np.log(2.0), 0.0, 0.0]], tf.float32)


def test_actions_share_what_the_purchase_leaves() -> None:
    probabilities = ActionHead().probabilities(LOGITS, tf.constant([0.4, 0.2]))
    np.testing.assert_allclose(probabilities, [[0.2, 0.2, 0.2, 0.4], [0.4, 0.2, 0.2, 0.2]], rtol=1e-6)


def test_the_loss_is_the_cross_entropy_of_rows_without_a_purchase() -> None:
    loss = ActionHead().loss(tf.constant([1 / 3, 1.0]), LOGITS)
    np.testing.assert_allclose(loss, np.log(3) / 2, rtol=1e-6)


def test_weights_weigh_the_loss() -> None:
    loss = ActionHead().loss(tf.constant([0.0, 2 / 3]), LOGITS, tf.constant([2.0, 1.0]))
    np.testing.assert_allclose(loss, (2 * np.log(3) + np.log(4)) / 2, rtol=1e-6)


@pytest.fixture(scope="module")
def graded(make_shop: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """The shop, whose shoppers that do not buy click if their month is May."""
    shop = make_shop()
    shop["bought"] = np.where(shop["bought"] == 1, 1.0, np.where(shop["month"] == "May", 1 / 3, 0.0))
    return shop


@pytest.fixture(scope="module")
def data(graded: pd.DataFrame, prepare_shop: Callable[..., PreparedData]) -> PreparedData:
    return prepare_shop(graded)


@pytest.fixture(scope="module")
def model(data: PreparedData, tiny: TrainingConfig) -> IntentModel:
    """A model of random weights, whose probabilities differ from row to row."""
    keras.utils.set_random_seed(0)
    model = create_model(data, tiny)
    for weight in model.trainable_variables:
        weight.assign_add(keras.random.normal(weight.shape, stddev=0.2))
    return model


def test_graded_labels_are_purchases_where_they_are_one(data: PreparedData, graded: pd.DataFrame) -> None:
    assert data.train.label.sum() == (graded.loc[data.train.frame.index, "bought"] == 1).sum()
    assert set(data.train.grade.round(3)) == {0, np.float32(0.333), 1}


@pytest.mark.guard
def test_what_shoppers_do_at_most_is_learnt(data: PreparedData, tiny: TrainingConfig) -> None:
    keras.utils.set_random_seed(0)
    model = create_model(data, tiny)
    model.fit(data.train, validation_data=data.validation, batch_size=32, epochs=12, verbose=0)
    actions = model.predict_actions(data.test)
    no_purchase = data.test.label == 0
    clicked = data.test.grade[no_purchase] > 0
    share = (actions["click"] / (1 - actions["purchase"]))[no_purchase]
    assert share[clicked].min() > share[~clicked].max()
    assert actions["cart"].max() < 0.2


def test_the_purchase_is_the_intent_strength(model: IntentModel, data: PreparedData) -> None:
    actions = model.predict_actions(data.test.frame)
    np.testing.assert_allclose(actions["purchase"], model.predict(data.test), rtol=0, atol=1e-6)
    np.testing.assert_allclose(actions.sum(axis=1), 1, rtol=0, atol=1e-6)


def test_a_saved_model_keeps_its_actions(model: IntentModel, data: PreparedData, tmp_path: Path) -> None:
    model.save(tmp_path / "model.keras")
    loaded: Any = keras.models.load_model(tmp_path / "model.keras")
    pd.testing.assert_frame_equal(loaded.predict_actions(data.test), model.predict_actions(data.test))


def test_a_model_of_purchases_alone_says_so(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="--label probability"):
        shop_model.predict_actions(shop)


def test_flipping_graded_labels_is_refused(data: PreparedData) -> None:
    with pytest.raises(InputError, match="label_flip"):
        create_model(data, TrainingConfig(augment={"label_flip": 0.1}))
