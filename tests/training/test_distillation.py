from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.layers.calibrator import Calibrator
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.distillation import DistillationConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.distillation import check_loss, rows_to_recombine, with_teacher
from intent_tf.training.training import create_model, train_model


@pytest.fixture(scope="module")
def taught(shop_data: PreparedData, shop_model: IntentModel) -> PreparedData:
    return with_teacher(shop_data, shop_model)


def test_strengths_stand_in_the_place_of_the_labels(
    shop_data: PreparedData, shop_model: IntentModel, taught: PreparedData
) -> None:
    probabilities = shop_model.predict(shop_data.train)
    np.testing.assert_allclose(taught.train.label, probabilities, rtol=0, atol=1e-6)


def test_the_strengths_are_those_before_the_teachers_calibrator(
    shop_data: PreparedData, shop_model: IntentModel, taught: PreparedData
) -> None:
    calibrator = Calibrator("platt")
    calibrator.build((None,))
    calibrator.scale.assign(0.0)
    one_shade = shop_model.with_calibration(calibrator, 0.5)
    assert np.ptp(one_shade.predict(shop_data.train)) < 1e-6
    found = with_teacher(shop_data, one_shade).train.label
    np.testing.assert_allclose(found, taught.train.label, rtol=0, atol=1e-6)


def test_the_teacher_sees_no_validation_and_test_rows(shop_data: PreparedData, taught: PreparedData) -> None:
    assert taught.validation is shop_data.validation and taught.test is shop_data.test


@pytest.mark.slow
def test_unlabelled_rows_have_the_strength_as_label(
    make_shop: Callable[..., pd.DataFrame], shop_data: PreparedData, shop_model: IntentModel
) -> None:
    frame = make_shop(20, seed=5).drop(columns="bought")
    found = with_teacher(shop_data, shop_model, unlabelled=frame).train
    assert len(found) == len(shop_data.train) + 20
    probabilities = shop_model.predict(frame)
    np.testing.assert_allclose(found.label[-20:], probabilities, atol=1e-6)


@pytest.mark.slow
def test_recombined_rows_are_scored_as_what_they_say(
    shop_data: PreparedData, shop_model: IntentModel
) -> None:
    found, rows = with_teacher(shop_data, shop_model, recombined=2).train, len(shop_data.train)
    assert len(found) == 3 * rows
    probabilities = shop_model.predict(found.frame.iloc[rows:])
    np.testing.assert_allclose(found.label[rows:], probabilities, rtol=0, atol=1e-6)


def test_each_row_is_recombined_once_where_there_is_text(
    shop_data: PreparedData,
) -> None:
    specification = shop_data.specification
    assert specification.of_kind("text")
    numbers = FeatureSpecification(
        tuple(column for column in specification.columns if column.kind == "number")
    )
    assert [rows_to_recombine(columns) for columns in (specification, numbers)] == [1, 0]


@pytest.mark.slow
def test_a_student_comes_nearer_to_its_teacher_than_the_labels_bring_it(
    shop_data: PreparedData, shop_model: IntentModel, tiny: TrainingConfig, tmp_path: Path
) -> None:
    # A teacher that holds the opposite of the labels shows whose word counts.
    opposite = with_teacher(shop_data, shop_model).train
    config = replace(tiny, ema_momentum=0.0, patience=9)
    ranked = []
    for label in (shop_data.train.label, 0.9 - 0.8 * shop_data.train.label):
        keras.utils.set_random_seed(0)
        model = create_model(shop_data, config)
        opposite.label[:] = label
        model.fit(opposite, epochs=8, verbose=0)
        probabilities = model.predict(shop_data.test)
        ranked.append(
            probabilities[shop_data.test.label == 1].mean() > probabilities[shop_data.test.label == 0].mean()
        )
    assert ranked == [True, False]


@pytest.mark.slow
def test_a_student_trains_is_finished_and_comes_back_from_its_file(
    shop_data: PreparedData, taught: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    model = create_model(shop_data, tiny)
    history = train_model(model, taught, tiny, tmp_path, verbose=0)
    assert len(history["val_log_loss"]) == tiny.epochs and history["auroc"][-1] > 0.5
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(back.predict(shop_data.test), model.predict(shop_data.test), atol=1e-6)
    assert back.evaluate(shop_data.test, return_dict=True, verbose=0)["log_loss"] > 0


def test_graded_labels_beside_a_teacher_are_refused(shop_data: PreparedData, shop_model: IntentModel) -> None:
    graded = replace(shop_data, train=replace(shop_data.train, grade=shop_data.train.label))
    with pytest.raises(InputError, match="labels are graded"):
        with_teacher(graded, shop_model)


@pytest.mark.parametrize(
    "options",
    [{"loss": "focal"}, {"augment": {"label_flip": 0.1}}, {"preset": "article"}],
)
def test_another_loss_beside_a_teacher_is_refused(tiny: TrainingConfig, options: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"plain loss binary_crossentropy"):
        check_loss(DistillationConfig("here"), replace(tiny, **options))
    check_loss(DistillationConfig(), replace(tiny, **options))


def test_rows_that_nobody_scores_are_refused() -> None:
    with pytest.raises(InputError, match="--unlabelled is given, and nobody to score"):
        DistillationConfig(unlabelled="more.csv")
