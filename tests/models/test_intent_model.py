from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.layers.calibrator import Calibrator
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model

Frames = Callable[..., pd.DataFrame]


def raw(model: IntentModel, frame: pd.DataFrame) -> dict[str, tf.Tensor]:
    return padded(raw_columns(frame, model.preprocessor.specification))


@pytest.fixture(scope="module")
def calibrated(shop_model: IntentModel) -> IntentModel:
    calibrator = Calibrator("platt")
    calibrator.build((None,))
    calibrator.scale.assign(0.5)
    calibrator.offset.assign(-0.25)
    return shop_model.with_calibration(calibrator, 0.375)


def test_a_strength_is_the_mean_of_the_members_probabilities(
    shop_model: IntentModel, shop: pd.DataFrame
) -> None:
    columns = raw(shop_model, shop[:20])
    members = shop_model.feature_model(shop_model.preprocessor(columns)).numpy()
    np.testing.assert_allclose(shop_model(columns), members.mean(axis=1), rtol=1e-6)


def test_in_training_each_member_gives_its_own_strength(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    features = shop_model.preprocessor(raw(shop_model, shop[:20]))
    assert shop_model.feature_model(features, training=True).shape == (20, 2)


def test_the_wide_part_adds_to_every_members_logit(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    features = shop_model.preprocessor(raw(shop_model, shop[:20]))
    deep = shop_model.predictor(shop_model.extractor(features))
    logits = deep + shop_model.wide(features["text"])
    np.testing.assert_allclose(shop_model.feature_model(features), tf.sigmoid(logits), rtol=1e-5)


def test_rows_that_hold_nothing_have_a_strength(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    nothing = pd.DataFrame({name: [None] * 2 for name in shop.columns}, dtype=object)
    probabilities = shop_model.predict(nothing)
    assert np.isfinite(probabilities).all() and probabilities[0] == probabilities[1]


def test_the_loss_is_the_mean_of_the_members_losses(shop_model: IntentModel) -> None:
    label, members = tf.constant([1.0, 0.0]), tf.constant([[0.9, 0.5], [0.2, 0.4]])
    expected = -np.mean(np.log([[0.9, 0.5], [0.8, 0.6]]))
    assert float(shop_model.feature_model.compute_loss(None, label, members)) == pytest.approx(
        expected, rel=1e-5
    )


def test_sample_weights_weigh_the_loss(shop_model: IntentModel) -> None:
    label, members = tf.constant([1.0, 0.0]), tf.constant([[0.9, 0.5], [0.2, 0.4]])
    losses = -np.log([[0.9, 0.5], [0.8, 0.6]]).mean(axis=1)
    found = shop_model.feature_model.compute_loss(None, label, members, tf.constant([3.0, 1.0]))
    assert float(found) == pytest.approx((3 * losses[0] + losses[1]) / 2, rel=1e-5)


def test_metrics_are_those_of_the_strengths(shop_model: IntentModel, shop_data: PreparedData) -> None:
    rows = shop_data.test
    probability = np.clip(shop_model.predict(rows).astype(float), 1e-7, 1 - 1e-7)
    expected = -np.mean(np.where(rows.label == 1, np.log(probability), np.log(1 - probability)))
    found = shop_model.evaluate(rows, return_dict=True, verbose=0)["log_loss"]
    assert found == pytest.approx(expected, rel=1e-4)


def test_a_metric_does_not_depend_on_the_batches(shop_model: IntentModel, shop_data: PreparedData) -> None:
    whole, cut = (
        shop_model.evaluate(shop_data.test, batch_size=size, return_dict=True, verbose=0)
        for size in (4096, 5)
    )
    assert cut["log_loss"] == pytest.approx(whole["log_loss"], rel=1e-5)


def test_a_calibrator_maps_the_strengths(
    calibrated: IntentModel, shop_model: IntentModel, shop: pd.DataFrame
) -> None:
    plain = shop_model.predict(shop[:50])
    np.testing.assert_allclose(calibrated.predict(shop[:50]), calibrated.calibrator(plain), rtol=1e-6)


def test_finishing_leaves_the_model_as_it_was(calibrated: IntentModel, shop_model: IntentModel) -> None:
    assert shop_model.calibrator is None and shop_model.threshold == 0.5 and calibrated.threshold == 0.375


@pytest.fixture(scope="module")
def restored(calibrated: IntentModel, tmp_path_factory: pytest.TempPathFactory) -> IntentModel:
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    calibrated.save(path)
    return keras.models.load_model(path)


def test_a_saved_model_predicts_the_same(
    restored: IntentModel, calibrated: IntentModel, make_shop: Frames
) -> None:
    frame = make_shop(300, 9)
    np.testing.assert_allclose(restored.predict(frame), calibrated.predict(frame), rtol=0, atol=1e-6)


def test_a_saved_model_keeps_threshold_calibrator_and_specification(
    restored: IntentModel, calibrated: IntentModel
) -> None:
    assert restored.threshold == 0.375 and restored.calibrator.kind == "platt"
    assert restored.preprocessor.specification == calibrated.preprocessor.specification
    assert restored.preprocessor.number_names == calibrated.preprocessor.number_names


def test_a_saved_model_is_compiled(
    restored: IntentModel, calibrated: IntentModel, shop_data: PreparedData
) -> None:
    found, expected = (
        model.evaluate(shop_data.test, return_dict=True, verbose=0) for model in (restored, calibrated)
    )
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.guard
def test_a_saved_model_trains_on(shop_data: PreparedData, shop_model: IntentModel, tmp_path: Path) -> None:
    shop_model.save(tmp_path / "model.keras")
    model = keras.models.load_model(tmp_path / "model.keras")
    before = model.evaluate(shop_data.train, return_dict=True, verbose=0)["log_loss"]
    model.fit(shop_data.train, batch_size=32, epochs=2, verbose=0)
    assert model.evaluate(shop_data.train, return_dict=True, verbose=0)["log_loss"] < before


def test_the_article_is_saved_too(shop_data: PreparedData, shop: pd.DataFrame, tmp_path: Path) -> None:
    model = create_model(shop_data, TrainingConfig(preset="article", output_dim=4, filters=4))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(restored.predict(shop[:50]), model.predict(shop[:50]), rtol=0, atol=1e-6)
