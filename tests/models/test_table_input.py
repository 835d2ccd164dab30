"""A model takes tables, rows prepared from them, and what Keras takes alike."""

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
from intent_tf.columns.rows import Rows
from intent_tf.errors import InputError
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.member_model import MemberModel

Frames = Callable[..., pd.DataFrame]


def raw(model: IntentModel, frame: pd.DataFrame) -> dict[str, tf.Tensor]:
    return padded(raw_columns(frame, model.preprocessor.specification))


def test_a_table_rows_and_raw_columns_give_the_same_strengths(
    shop_model: IntentModel, shop_data: PreparedData
) -> None:
    rows = shop_data.test
    expected = shop_model.predict(rows)
    np.testing.assert_allclose(shop_model.predict(rows.frame), expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(shop_model(raw(shop_model, rows.frame)), expected, rtol=0, atol=1e-6)


def test_a_dataset_of_columns_needs_no_lengths(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    columns = {name: values for name, values in raw(shop_model, shop[:9]).items() if "length" not in name}
    dataset = tf.data.Dataset.from_tensor_slices((columns, shop["bought"][:9])).batch(4)
    np.testing.assert_allclose(shop_model.predict(dataset), shop_model.predict(shop[:9]), rtol=0, atol=1e-6)


def test_a_strength_does_not_depend_on_the_batch(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    together = shop_model.predict(shop[:30])
    np.testing.assert_allclose(shop_model.predict(shop[:30], batch_size=1), together, rtol=0, atol=1e-6)


def test_predicting_needs_no_label_and_ignores_other_columns(
    shop_model: IntentModel, shop: pd.DataFrame
) -> None:
    frame = shop[:9].drop(columns=["bought", "user_id"]).assign(note="x")
    np.testing.assert_array_equal(shop_model.predict(frame), shop_model.predict(shop[:9]))


def test_a_missing_column_is_named(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="the table has no column 'pages'"):
        shop_model.predict(shop.drop(columns="pages"))


def test_a_table_without_rows_is_refused(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="the table has no rows"):
        shop_model.predict(shop[:0])


def test_evaluating_needs_the_label(shop_model: IntentModel, shop: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="the table has no label column 'bought'"):
        shop_model.evaluate(shop.drop(columns="bought"))


def test_a_table_can_be_evaluated(shop_model: IntentModel, shop_data: PreparedData) -> None:
    rows = shop_data.test
    found, expected = (shop_model.evaluate(x, return_dict=True, verbose=0) for x in (rows.frame, rows))
    assert found["log_loss"] == pytest.approx(expected["log_loss"], rel=1e-5)


@pytest.fixture(scope="module")
def small(make_shop: Frames, prepare_shop: Callable[..., PreparedData]) -> PreparedData:
    """The shop's numbers and categories."""
    frame = make_shop()[["pages", "seconds", "month", "bought"]]
    return prepare_shop(frame, kinds={}, excluded={})


def fresh(data: PreparedData) -> IntentModel:
    keras.utils.set_random_seed(1)
    predictor = build_predictor(units=(8,), ensemble_size=2, dropout=0.0)
    return build_model(data, build_feature_extractor(data), predictor, optimizer=keras.optimizers.Adam(0.01))


@pytest.mark.guard
def test_a_model_fits_a_table_as_it_fits_rows(small: PreparedData) -> None:
    losses = [
        fresh(small).fit(x, batch_size=64, epochs=2, seed=4, verbose=0).history["loss"]
        for x in (small.train, small.train.frame)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


@pytest.mark.guard
def test_the_features_of_rows_are_what_the_feature_model_fits(small: PreparedData) -> None:
    model = fresh(small)
    rows = small.train
    history = model.feature_model.fit(rows.features, rows.label, batch_size=64, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_callbacks_and_validation_work_as_in_keras(small: PreparedData, tmp_path: Path) -> None:
    model = fresh(small)
    saving = keras.callbacks.ModelCheckpoint(str(tmp_path / "best.keras"), save_best_only=True)
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=0, min_delta=10.0)
    history = model.fit(
        small.train, validation_data=small.validation.frame, epochs=9, callbacks=[saving, stopping], verbose=0
    )
    assert len(history.history["val_auroc"]) == 2
    restored = keras.models.load_model(tmp_path / "best.keras")
    np.testing.assert_allclose(restored.predict(small.test), model.predict(small.test), rtol=0, atol=1e-6)


@pytest.mark.guard
def test_every_epoch_sees_the_rows_in_an_order_of_its_own(small: PreparedData) -> None:
    seen: list[list[float]] = []

    class SpyingMembers(MemberModel):
        def train_step(self, data: tuple[tf.Tensor, ...]) -> dict[str, object]:
            seen.append(data[2].numpy().tolist())
            return super().train_step(data)

    class Spy(IntentModel):
        feature_model_class = SpyingMembers

    parts = fresh(small)
    model = Spy(parts.preprocessor, parts.extractor, parts.predictor)
    model.compile(loss="binary_crossentropy", run_eagerly=True)
    rows = small.train
    numbered = Rows(rows.frame, rows.features, rows.label, np.arange(len(rows), dtype=np.float32))
    model.fit(numbered, batch_size=len(rows), epochs=2, seed=4, verbose=0)
    assert [sorted(order) for order in seen[-2:]] == [list(range(len(rows)))] * 2
    assert seen[-1] != seen[-2]
