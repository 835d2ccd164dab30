"""The model is a Keras model in every way: any input, own loops, own callbacks, any names, reuse."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.errors import InputError
from intent_tf.layers.calibrator import Calibrator
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.served_model import ServedModel
from intent_tf.training.training import create_model

ODD_NAMES = ("page views", "标题", "a/b", "a.b", "class", "x1", "X1", "1st")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Columns of all names that Keras or TensorFlow stumble over."""
    rng = np.random.default_rng(0)
    bought = rng.integers(2, size=60)
    numbers = {name: rng.normal(size=60) + bought for name in ODD_NAMES}
    words = {"标题": rng.choice(["红 帽子 好", "蓝 帽子"], 60), "class": rng.choice(["a", "b"], 60)}
    return pd.DataFrame({**numbers, **words, "bought": bought})


@pytest.fixture(scope="module")
def data(table: pd.DataFrame) -> PreparedData:
    return preprocess_data(table, "bought", kinds={"标题": "text"})


def fresh(data: PreparedData) -> IntentModel:
    """The same untrained model each time, without anything random in training."""
    keras.utils.set_random_seed(1)
    predictor = build_predictor(units=(8,), ensemble_size=2, dropout=0.0)
    extractor = build_feature_extractor(data, output_dim=4, filters=4, dropout=0.0)
    return build_model(data, extractor, predictor, optimizer=keras.optimizers.SGD(0.5))


@pytest.fixture(scope="module")
def stepped(data: PreparedData, table: pd.DataFrame) -> list[np.ndarray]:
    """The weights after one step on the table."""
    model = fresh(data)
    model.fit(table, batch_size=60, verbose=0)
    return model.get_weights()


def assert_same(model: IntentModel, weights: list[np.ndarray]) -> None:
    for found, expected in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@pytest.mark.guard
def test_a_step_changes_weights(data: PreparedData, stepped: list[np.ndarray]) -> None:
    changed = [not np.allclose(new, old) for new, old in zip(stepped, fresh(data).get_weights(), strict=True)]
    assert sum(changed) > 5


@pytest.mark.guard
def test_columns_as_arrays_with_labels_beside_them_train_alike(
    data: PreparedData, table: pd.DataFrame, stepped: list[np.ndarray]
) -> None:
    model = fresh(data)
    arrays = {name: table[name].to_numpy() for name in ODD_NAMES}
    model.fit(arrays, table["bought"].to_numpy(), batch_size=60, verbose=0)
    assert_same(model, stepped)


@pytest.mark.guard
def test_a_dataset_of_ones_own_trains_alike(
    data: PreparedData, table: pd.DataFrame, stepped: list[np.ndarray]
) -> None:
    model = fresh(data)
    columns = {name: table[name].to_numpy() for name in ODD_NAMES}
    dataset = tf.data.Dataset.from_tensor_slices((columns, table["bought"].to_numpy(np.float32)))
    model.fit(dataset.batch(60), verbose=0)
    assert_same(model, stepped)


@pytest.mark.guard
def test_a_loop_written_by_hand_trains_alike(
    data: PreparedData, table: pd.DataFrame, stepped: list[np.ndarray]
) -> None:
    model = fresh(data)
    features = model.preprocessor(padded(raw_columns(table, data.specification)))
    label = tf.constant(table["bought"], tf.float32)
    with tf.GradientTape() as tape:
        members = model.feature_model(features, training=True)
        loss = model.feature_model.compute_loss(y=label, y_pred=members)
    model.optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
    assert_same(model, stepped)


@pytest.mark.guard
def test_a_class_weight_is_a_sample_weight_of_its_rows(data: PreparedData, table: pd.DataFrame) -> None:
    by_class, by_row = fresh(data), fresh(data)
    by_class.fit(table, batch_size=60, class_weight={0: 1.0, 1: 3.0}, verbose=0)
    by_row.fit(table, batch_size=60, sample_weight=1 + 2 * table["bought"], verbose=0)
    assert_same(by_class, by_row.get_weights())


@pytest.mark.guard
def test_a_weight_of_zero_leaves_a_row_out(data: PreparedData, table: pd.DataFrame) -> None:
    weighted, cut = fresh(data), fresh(data)
    weighted.fit(table, batch_size=60, sample_weight=np.repeat([2.0, 0.0], 30), verbose=0)
    cut.fit(table[:30], batch_size=60, verbose=0)
    assert_same(weighted, cut.get_weights())


@pytest.mark.guard
def test_the_last_rows_are_held_out_as_keras_does(data: PreparedData, table: pd.DataFrame) -> None:
    split, cut = fresh(data), fresh(data)
    history = split.fit(table, batch_size=60, validation_split=0.25, verbose=0).history
    cut.fit(table[:45], batch_size=60, verbose=0)
    assert_same(split, cut.get_weights())
    expected = cut.evaluate(table[45:], return_dict=True, verbose=0)["loss"]
    assert history["val_loss"] == pytest.approx([expected], rel=1e-5)


def test_labels_that_are_not_one_a_row_are_refused(data: PreparedData, table: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"labels of shape \(3,\) for 60 rows; expected one a row"):
        fresh(data).fit(table, np.zeros(3), verbose=0)


def test_what_is_no_table_is_refused_with_its_type(data: PreparedData) -> None:
    with pytest.raises(InputError, match="received a ndarray; expected a DataFrame, a mapping of column"):
        fresh(data).fit(np.zeros((3, 8)), np.zeros(3))


def test_no_figure_of_an_evaluation_is_told_twice(data: PreparedData, table: pd.DataFrame) -> None:
    figures = fresh(data).evaluate(table, verbose=0)
    assert len(figures) == len(set(figures)) == 3


def test_a_summary_knows_every_shape(data: PreparedData) -> None:
    lines = io.StringIO()
    fresh(data).summary(print_fn=lambda line: print(line, file=lines))
    assert "?" not in lines.getvalue() and "outputs" in lines.getvalue()


@pytest.mark.guard
def test_what_a_checkpoint_callback_writes_predicts_from_a_table(
    data: PreparedData, table: pd.DataFrame, tmp_path: Path
) -> None:
    model = fresh(data)
    model.fit(table, callbacks=[keras.callbacks.ModelCheckpoint(tmp_path / "m.keras")], verbose=0)
    restored = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(restored.predict(table), model.predict(table), rtol=0, atol=1e-6)


@pytest.fixture(scope="module")
def calibrated(data: PreparedData) -> IntentModel:
    return fresh(data).with_calibration(Calibrator("platt"), 0.4)


@pytest.fixture(scope="module")
def trained(data: PreparedData, table: pd.DataFrame) -> IntentModel:
    """A model with the optimiser of a run, two steps on."""
    keras.utils.set_random_seed(0)
    model = create_model(data, TrainingConfig(filters=4, output_dim=4, ensemble_size=2, dropout=0.0))
    model.fit(table, batch_size=30, verbose=0)
    return model.with_calibration(Calibrator("platt"), 0.4)


@pytest.fixture(scope="module")
def reloaded(trained: IntentModel, tmp_path_factory: pytest.TempPathFactory) -> IntentModel:
    path = tmp_path_factory.mktemp("kept") / "model.keras"
    trained.save(path)
    return keras.models.load_model(path)


@pytest.mark.guard
def test_a_loaded_model_has_the_optimiser_that_it_was_trained_with(
    reloaded: IntentModel, trained: IntentModel
) -> None:
    assert reloaded.optimizer.get_config() == trained.optimizer.get_config()
    assert int(reloaded.optimizer.iterations) == 2
    for found, expected in zip(reloaded.optimizer.variables, trained.optimizer.variables, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.guard
def test_parts_that_read_tokens_have_a_factor_of_their_own(trained: IntentModel) -> None:
    weights = trained.extractor.parts["text"].trainable_variables
    of_text = {id(weight) for weight in weights}
    factors = zip(trained.trainable_variables, trained.optimizer.factors, strict=True)
    assert {factor for weight, factor in factors if id(weight) in of_text} == {0.2}


@pytest.mark.guard
def test_training_a_calibrated_model_says_that_it_drops_the_calibrator(
    reloaded: IntentModel, table: pd.DataFrame
) -> None:
    reloaded.calibrator.offset.assign(3.0)
    with pytest.warns(UserWarning, match="fit drops the calibrator"):
        reloaded.fit(table, verbose=0)
    assert float(reloaded.calibrator.offset) == 0.0


def test_both_models_list_the_calibrated_weights_in_the_same_order(calibrated: IntentModel) -> None:
    ours, theirs = calibrated.trainable_weights, calibrated.feature_model.trainable_weights
    assert [id(weight) for weight in ours] == [id(weight) for weight in theirs]


@pytest.mark.parametrize("export", [IntentModel.export, export_saved_model])
def test_an_exported_model_is_served_under_exactly_the_names_of_its_columns(
    export: Callable[..., None], calibrated: IntentModel, table: pd.DataFrame, tmp_path: Path
) -> None:
    options = {"verbose": False} if export is IntentModel.export else {}
    export(calibrated, tmp_path, **options)
    served = ServedModel(tmp_path)
    assert set(served.signatures["serving_default"].inputs) == set(ODD_NAMES)
    columns = padded(raw_columns(table, calibrated.preprocessor.specification))
    found = served.run({name: values.numpy() for name, values in columns.items()})["intent_strength"]
    np.testing.assert_allclose(found, calibrated.predict(table), rtol=0, atol=1e-6)


def test_the_model_is_a_part_of_anothers_functional_model(
    calibrated: IntentModel, table: pd.DataFrame, tmp_path: Path
) -> None:
    columns = {name: keras.Input((), dtype=each.dtype) for name, each in calibrated.input.items()}
    with pytest.warns(UserWarning, match="all keys in the dict must match the names"):
        doubled = keras.Model(columns, keras.layers.Rescaling(2.0)(calibrated(columns)))
    doubled.save(tmp_path / "doubled.keras")
    found = keras.models.load_model(tmp_path / "doubled.keras")(
        padded(raw_columns(table, calibrated.preprocessor.specification))
    )
    np.testing.assert_allclose(found, 2 * calibrated.predict(table), rtol=1e-6)
