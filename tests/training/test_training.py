from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.rows import Rows
from intent_tf.errors import InputError, MissingExtraError
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model, epochs_to_wait, train_model


def train(data: PreparedData, config: TrainingConfig, folder: Path, seed: int = 0) -> IntentModel:
    keras.utils.set_random_seed(seed)
    model = create_model(data, config)
    train_model(model, data, config, folder, seed=seed, verbose=0)
    return model


def same_weights(model: IntentModel, other: IntentModel) -> bool:
    pairs = zip(model.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(weight, expected) for weight, expected in pairs)


@pytest.fixture(scope="module")
def trained(shop_model: IntentModel, shop_run: Path) -> tuple[IntentModel, Path]:
    return shop_model, shop_run


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(
    shop_data: PreparedData, tiny: TrainingConfig, trained: tuple[IntentModel, Path], tmp_path: Path
) -> None:
    assert same_weights(train(shop_data, tiny, tmp_path), trained[0])


@pytest.mark.slow
def test_another_seed_gives_other_weights(
    table_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    first, second = (train(table_data, tiny, tmp_path / str(seed), seed=seed) for seed in (3, 4))
    assert not same_weights(first, second)


@pytest.mark.guard
def test_validation_and_test_rows_teach_the_weights_nothing(
    table_data: PreparedData, tiny: TrainingConfig
) -> None:
    def fitted(validation: Rows) -> IntentModel:
        keras.utils.set_random_seed(3)
        model = create_model(table_data, tiny)
        model.fit(table_data.train, validation_data=validation, epochs=2, seed=3, verbose=0)
        return model

    rows = table_data.validation
    other = Rows(rows.frame, rows.features, 1 - rows.label, rows.weight)
    assert same_weights(fitted(rows), fitted(other))


def test_training_finds_what_the_labels_follow_from(
    shop_data: PreparedData, trained: tuple[IntentModel, Path]
) -> None:
    found = trained[0].evaluate(shop_data.test, return_dict=True, verbose=0)
    assert found["auroc"] > 0.95 and found["log_loss"] < 0.4


def test_the_history_is_written_as_csv_by_epoch(trained: tuple[IntentModel, Path]) -> None:
    history = pd.read_csv(trained[1] / "history.csv")
    assert history["epoch"].tolist() == [0, 1]
    assert {"loss", "log_loss", "auroc", "val_loss", "val_log_loss", "val_auroc"} <= {*history.columns}


def test_a_weight_counts_as_so_many_rows(shop_data: PreparedData, trained: tuple[IntentModel, Path]) -> None:
    rows, model = shop_data.validation, trained[0]
    weights = np.where(rows.label == 1, 3.0, 1.0).astype(np.float32)
    weighted = Rows(rows.frame, rows.features, rows.label, weights)
    [(features, *_)] = rows.batches(len(rows))
    members = np.clip(model.feature_model(features), 1e-7, 1 - 1e-7)
    losses = -np.where(rows.label[:, None] == 1, np.log(members), np.log(1 - members)).mean(axis=1)
    found = model.evaluate(weighted, return_dict=True, verbose=0)["loss"]
    assert found == pytest.approx((losses * weights).sum() / len(rows), rel=1e-4)


def test_a_loss_that_is_no_number_is_told_as_divergence(
    table_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"training diverged.*Lower the learning rate \(it is 1e\+38\)"):
        train(table_data, replace(tiny, learning_rate=1e38), tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs is 0; expected at least 1"),
        ({"batch_size": 0}, "batch_size is 0; expected at least 1"),
        ({"ensemble_size": -1}, "ensemble_size is -1; expected at least 1"),
        ({"dropout": 1.0}, r"dropout is 1.0; expected a share in \[0, 1\)"),
        ({"ema_momentum": -0.1}, r"ema_momentum is -0.1; expected a share in \[0, 1\)"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0; expected a positive number"),
    ],
)
def test_an_option_out_of_its_range_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TrainingConfig(**options)


def test_the_article_is_trained_as_printed(shop_data: PreparedData) -> None:
    model = create_model(shop_data, TrainingConfig(preset="article"))
    assert model.loss == "mse" and type(model.optimizer) is keras.optimizers.Adam
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-3)


def test_a_table_without_texts_is_waited_for_longer_unless_a_patience_is_given(
    shop_data: PreparedData, table_data: PreparedData
) -> None:
    assert [epochs_to_wait(TrainingConfig(), data) for data in (shop_data, table_data)] == [5, 15]
    assert epochs_to_wait(TrainingConfig(patience=2), table_data) == 2


def test_a_loss_can_be_chosen(table_data: PreparedData, tiny: TrainingConfig) -> None:
    assert create_model(table_data, replace(tiny, loss="mse")).loss == "mse"
    assert create_model(table_data, tiny).loss == "binary_crossentropy"


def test_averaging_can_be_turned_off(table_data: PreparedData, tiny: TrainingConfig) -> None:
    assert not create_model(table_data, replace(tiny, ema_momentum=0.0)).optimizer.use_ema
    assert create_model(table_data, tiny).optimizer.ema_momentum == tiny.ema_momentum


def test_embeddings_biases_and_scales_do_not_decay(table_data: PreparedData, tiny: TrainingConfig) -> None:
    model = create_model(table_data, tiny)
    model.optimizer.build(model.trainable_variables)
    decaying = {
        variable.path.split("/")[-1]
        for variable in model.trainable_variables
        if model.optimizer._use_weight_decay(variable)
    }
    assert {"kernel"} <= decaying
    assert not any(word in name for name in decaying for word in ("bias", "embedding", "scale"))


def test_tensorboard_that_is_not_installed_names_its_extra(
    table_data: PreparedData, tiny: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(MissingExtraError, match=r"intent_tf\[tensorboard\]"):
        train_model(create_model(table_data, tiny), table_data, tiny, tmp_path, tensorboard=True)


@pytest.mark.slow
def test_augmentation_changes_what_is_learnt_and_a_seed_fixes_it(
    shop_data: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    def weights(name: str, **augment: float) -> np.ndarray:
        keras.utils.set_random_seed(0)
        config = replace(tiny, epochs=1, augment=augment)
        model = create_model(shop_data, config)
        train_model(model, shop_data, config, tmp_path / name, verbose=0)
        return np.concatenate([np.ravel(weight) for weight in model.get_weights()])

    rates = {"token_dropout": 0.3, "swap": 0.5, "label_flip": 0.1}
    np.testing.assert_array_equal(weights("a", **rates), weights("b", **rates))
    assert not np.array_equal(weights("c", **rates), weights("d"))


def test_flipped_labels_come_with_the_loss_that_undoes_them(
    shop_data: PreparedData, tiny: TrainingConfig
) -> None:
    model = create_model(shop_data, replace(tiny, augment={"label_flip": 0.1}))
    assert model.get_compile_config()["loss"]["config"]["rate"] == 0.1


def test_flipped_labels_under_squared_error_are_refused() -> None:
    with pytest.raises(InputError, match="label_flip is given"):
        TrainingConfig(preset="article", augment={"label_flip": 0.1})
