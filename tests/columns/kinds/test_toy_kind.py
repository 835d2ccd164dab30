"""A kind of column from outside the package: trained, reported, exported and scored with, like its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.columns.kinds import registry
from intent_tf.columns.kinds.binning import Binning
from intent_tf.columns.kinds.column_kind import ColumnEncoder, ColumnKind, EncodingOptions, Typical
from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.columns.raw_columns import RawColumns
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.specification import Column
from intent_tf.evaluation.evaluation import Evaluation, evaluate_model
from intent_tf.options.training import TrainingConfig
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.served_model import ServedModel
from intent_tf.training.training import create_model


class ColourEncoder(ColumnEncoder):
    """Hex colours to red, green and blue, and how bright they are."""

    def __init__(self, columns: Sequence[Column], **kwargs: Any) -> None:
        super().__init__(columns, **kwargs)
        self.number_names = tuple(f"brightness of {name}" for name in self.names)
        self.mean = 0.0

    def adapt(self, raw: RawColumns) -> None:
        self.mean = float(np.nanmean(self._parts(raw).numpy()))

    def _parts(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        text = tf.stack([inputs[name] for name in self.names], axis=1)
        is_colour = tf.strings.regex_full_match(text, "#[0-9a-f]{6}")
        digits = "0123456789abcdef"
        whole = tf.where(is_colour, text, "#000000")
        codes = [
            16.0 * tf.cast(self._digit(tf.strings.substr(whole, at, 1), digits), tf.float32)
            + tf.cast(self._digit(tf.strings.substr(whole, at + 1, 1), digits), tf.float32)
            for at in (1, 3, 5)
        ]
        return tf.where(is_colour[..., None], tf.stack(codes, axis=-1) / 255, np.nan)

    @staticmethod
    def _digit(characters: tf.Tensor, digits: str) -> tf.Tensor:
        return tf.argmax(tf.stack([characters == each for each in digits], axis=-1), axis=-1)

    def numbers(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        return tf.reduce_mean(self._parts(inputs), axis=-1)

    def feature_specs(self) -> dict[str, keras.KerasTensor]:
        return {"colours": keras.KerasTensor((None, 3 * len(self.names)), "float32")}

    def call(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        parts = self._parts(inputs)
        centred = tf.where(tf.math.is_nan(parts), 0.0, parts - self.mean)
        return {"colours": tf.reshape(centred, (-1, 3 * len(self.names)))}

    def embeddings(self) -> dict[str, keras.layers.Layer]:
        return {"colours": keras.layers.Dense(4, name="colours")}

    def state(self) -> Any:
        return self.mean

    def restore(self, state: Any) -> None:
        self.mean = state


class Colour(ColumnKind):
    name = "colour"
    values = ("string",)
    binning = Binning()

    def claims(self, profile: ColumnProfile) -> bool:
        return profile.content == "string" and bool(profile.texts.str.fullmatch("#[0-9a-f]{6}").all())

    def encoder(self, columns: Sequence[Column], options: EncodingOptions) -> ColourEncoder:
        return ColourEncoder(columns, name="colours")

    def sample(self, column: Column, encoder: ColumnEncoder, row: int, typical: Typical) -> str:
        return f"#{100 + 50 * row:02x}0000"


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    kinds, claims = dict(registry.KINDS), list(registry._CLAIMS)
    registry.register(Colour())
    yield
    registry.KINDS.clear()
    registry.KINDS.update(kinds)
    registry._CLAIMS[:] = claims


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    bought = rng.integers(2, size=300)
    red = rng.integers(0, 100, 300) + 150 * bought
    colours = [f"#{each:02x}{rng.integers(256):02x}00" for each in red]
    return pd.DataFrame({"shirt": colours, "pages": rng.integers(1, 9, 300), "bought": bought})


@pytest.fixture(scope="module")
def data(frame: pd.DataFrame) -> PreparedData:
    return preprocess_data(frame, "bought")


@pytest.fixture(scope="module")
def evaluation(data: PreparedData, frame: pd.DataFrame) -> Evaluation:
    keras.utils.set_random_seed(0)
    config = TrainingConfig(ensemble_size=2, learning_rate=0.01, ema_momentum=0.0)
    model = create_model(data, config)
    model.fit(data.train, batch_size=32, epochs=12, verbose=0)
    return evaluate_model(model, data, ExampleSource(frame, "bought"), diagnosis=True)


def test_it_is_inferred_before_the_packages_own(data: PreparedData) -> None:
    assert data.specification["shirt"].kind == "colour"


def test_its_numbers_are_among_those_that_baselines_get(data: PreparedData) -> None:
    assert data.preprocessor.number_names == ("pages", "brightness of shirt")


@pytest.mark.guard
def test_the_model_learns_from_it(evaluation: Evaluation) -> None:
    assert evaluation.metrics.test.auroc > 0.9


@pytest.mark.guard
def test_reports_look_at_it(evaluation: Evaluation) -> None:
    assert evaluation.metrics.diagnosis is not None
    assert {each.column for each in evaluation.metrics.diagnosis.drift} == {"shirt", "pages"}


@pytest.mark.guard
def test_a_saved_model_keeps_what_it_learnt(
    evaluation: Evaluation, frame: pd.DataFrame, tmp_path: Path
) -> None:
    evaluation.model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(frame), evaluation.model.predict(frame), rtol=0, atol=1e-6)


@pytest.mark.guard
def test_the_exported_model_scores_raw_values_of_it(
    evaluation: Evaluation, frame: pd.DataFrame, tmp_path: Path
) -> None:
    export_saved_model(evaluation.model, tmp_path)
    served = ServedModel(tmp_path)
    assert served.specification["shirt"].kind == "colour"
    np.testing.assert_allclose(served.predict(frame), evaluation.model.predict(frame), rtol=0, atol=1e-6)
