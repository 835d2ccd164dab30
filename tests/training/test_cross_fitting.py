"""Networks of folds: what is known of rows that they have not seen, where rows are few."""

from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.splitting import SplitPlan
from intent_tf.options.training import TrainingConfig
from intent_tf.training.calibration import fit_calibrator
from intent_tf.training.cross_fitting import FEW_ROWS, cross_fitted
from intent_tf.training.parts import fit_parts
from intent_tf.training.training import create_model, train_model

CONFIG = TrainingConfig(epochs=4, ensemble_size=2, batch_size=64, learning_rate=0.02, ema_momentum=0.0)


def table(rows: int, noise: bool = False, rate: float = 0.5) -> PreparedData:
    rng = np.random.default_rng(0)
    pages, rest = rng.normal(size=(2, rows))
    bought = rng.random(rows) < (rate if noise else 1 / (1 + np.exp(-2 * pages)))
    frame = pd.DataFrame({"pages": pages, "rest": rest, "bought": bought.astype(int)})
    return preprocess_data(frame, "bought", verbose=False)


@pytest.fixture(scope="module")
def data() -> PreparedData:
    return table(800)


@pytest.fixture(scope="module")
def probability(data: PreparedData) -> np.ndarray:
    keras.utils.set_random_seed(0)
    return cross_fitted(data, CONFIG)


@pytest.mark.guard
def test_every_training_row_is_predicted_about_as_well_as_a_row_that_is_tested(
    data: PreparedData, probability: np.ndarray
) -> None:
    assert len(probability) == len(data.train)
    best = roc_auc_score(data.train.label, data.train.frame["pages"])
    assert roc_auc_score(data.train.label, probability) == pytest.approx(best, abs=0.03)


@pytest.mark.guard
def test_what_is_learnt_of_noise_shows_nothing() -> None:
    data = table(800, noise=True)
    assert roc_auc_score(data.train.label, cross_fitted(data, CONFIG)) == pytest.approx(0.5, abs=0.07)


@pytest.mark.guard
def test_each_fold_starts_anew_and_a_seed_decides(data: PreparedData) -> None:
    keras.utils.set_random_seed(3)
    once = cross_fitted(data, replace(CONFIG, dropout=0.0))
    keras.utils.set_random_seed(3)
    np.testing.assert_allclose(cross_fitted(data, replace(CONFIG, dropout=0.0)), once, atol=1e-6)


@pytest.mark.parametrize("config", [replace(CONFIG, parts=("network",)), TrainingConfig(preset="article")])
def test_a_network_alone_needs_none(data: PreparedData, config: TrainingConfig) -> None:
    assert cross_fitted(data, config) is None


def test_many_rows_need_none() -> None:
    assert cross_fitted(table(round(FEW_ROWS / 0.7)), CONFIG) is None


def test_what_folds_say_decides_how_much_a_network_counts(data: PreparedData, tmp_path) -> None:
    keras.utils.set_random_seed(0)
    model = create_model(data, CONFIG)
    train_model(model, data, CONFIG, tmp_path, verbose=0)
    noise = np.random.default_rng(0).uniform(size=len(data.train))
    found, held_out = fit_parts(model, data, ("linear",), cross_fitted=noise)
    shares = found.stack.shares()
    assert shares["network"] < 0.3 and shares["linear"] > 0.6
    assert len(held_out) == len(data.train) + len(data.validation)
    assert fit_calibrator(held_out)[1].rows == len(held_out)
    # What is held out is as good as what the joint model says of new rows.
    tested = log_loss(data.test.label, found.predict(data.test))
    assert log_loss(held_out.label, held_out.probability) == pytest.approx(tested, abs=0.06)


@pytest.mark.guard
def test_rows_of_one_group_are_never_learnt_from_to_predict_each_other() -> None:
    rng = np.random.default_rng(0)
    shopper = np.repeat(np.arange(150), 5)
    trait = rng.normal(size=(150, 3))[shopper].round(4)  # by which a shopper is known
    frame = pd.DataFrame(trait, columns=["a", "b", "c"]).assign(
        shopper=shopper, bought=rng.integers(0, 2, 150)[shopper]
    )
    grouped = preprocess_data(frame, "bought", plan=SplitPlan(group="shopper"), verbose=False)
    found = cross_fitted(grouped, replace(CONFIG, epochs=20))
    assert roc_auc_score(grouped.train.label, found) < 0.65
