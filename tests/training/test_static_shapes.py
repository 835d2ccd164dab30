"""A training step has what a TPU wants: XLA compiles it for one shape, and it reads no strings.

No TPU was at hand: XLA compiles for the CPU here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.static_shapes import static_batches
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.member_model import MemberModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model

CONFIG = TrainingConfig(ensemble_size=2, filters=4, output_dim=4, learning_rate=0.01, dropout=0.0)


@pytest.fixture(scope="module")
def text_data(shop: pd.DataFrame, prepare_shop: Callable[..., PreparedData]) -> PreparedData:
    """The shop's titles and a number, prepared."""
    columns = ["pages", "title", "user_id", "bought"]
    return prepare_shop(shop[columns], derived={}, kinds={"title": "text"})


@pytest.fixture(params=["table_data", "text_data"])
def data(request: pytest.FixtureRequest) -> PreparedData:
    return request.getfixturevalue(request.param)


def create(data: PreparedData) -> IntentModel:
    keras.utils.set_random_seed(0)
    model = create_model(data, CONFIG)
    model.extractor.dropout.rate = 0.0
    return model


def batches(data: PreparedData, size: int = 50) -> tf.data.Dataset:
    return static_batches(data.train.shuffled_batches(size, seed=1), data.train, size)


def test_shapes_are_known_and_no_strings_reach_the_device(data: PreparedData) -> None:
    specs = tf.nest.flatten(batches(data).element_spec)
    assert all(spec.shape.is_fully_defined() for spec in specs)
    assert tf.string not in {spec.dtype for spec in specs}


def test_only_rows_that_do_not_fill_a_batch_are_left_out(table_data: PreparedData) -> None:
    whole, rest = divmod(len(table_data.train), 50)
    assert rest
    found = [features["numbers"].numpy() for features, *_ in batches(table_data).take(whole)]
    plain = table_data.train.shuffled_batches(50, seed=1).take(whole)
    np.testing.assert_array_equal(found, [features["numbers"].numpy() for features, *_ in plain])


def test_padding_changes_no_text(text_data: PreparedData) -> None:
    plain = text_data.train.shuffled_batches(50, seed=1)
    for (padded, *_), (features, *_) in zip(batches(text_data).take(2), plain, strict=False):
        width = features["text"].shape[1]
        np.testing.assert_array_equal(padded["text"][:, :width], features["text"])
        assert not padded["text"][:, width:].numpy().any()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["table_data", "text_data"])
def test_a_compiled_step_learns_what_a_plain_one_does(name: str, request: pytest.FixtureRequest) -> None:
    data = request.getfixturevalue(name)
    trained: list[Any] = []
    for compiled in (False, True):
        model = create(data)
        model.feature_model.fit(batches(data), steps_per_epoch=1, verbose=0)  # creates all variables
        step = tf.function(model.feature_model.train_step, jit_compile=compiled, autograph=False)
        for batch in batches(data).take(6):
            logs = step(batch)
        trained.append((logs["loss"], model.get_weights()))
    assert float(trained[1][0]) == pytest.approx(float(trained[0][0]), rel=1e-5)
    for plain, found in zip(trained[0][1], trained[1][1], strict=True):
        np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-5)


class OnTPU(MemberModel):
    """Members that are trained as on a TPU, and note of what shapes the texts of traced steps are."""

    wants_static_shapes = True

    def train_step(self, data: Any) -> Any:
        self.__dict__.setdefault("shapes", []).append(tuple(data[0]["text"].shape))
        return super().train_step(data)


class ModelOnTPU(IntentModel):
    feature_model_class = OnTPU


@pytest.mark.slow
def test_fit_traces_its_step_for_one_shape(text_data: PreparedData) -> None:
    plain = create(text_data)
    model = ModelOnTPU(*(getattr(plain, name) for name in ("preprocessor", "extractor", "predictor", "wide")))
    model.compile(loss="binary_crossentropy")
    model.fit(text_data.train, batch_size=50, epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 2 * (len(text_data.train) // 50)
    assert set(model.feature_model.shapes) == {
        (50, int(text_data.train.features["text"].bounding_shape()[1]))
    }


def test_rows_that_fill_no_batch_are_refused(table_data: PreparedData) -> None:
    with pytest.raises(InputError, match="at least one whole batch"):
        batches(table_data, size=10_000)
