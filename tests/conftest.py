"""A small shop with columns of every kind, and models of it, shared by the tests of several rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.models.intent_model import IntentModel
from intent_tf.training.training import TrainingConfig, create_model, train_model

#: Files that take minutes. Started first, they leave no worker alone with one of them at the end.
LONG = ("test_notebooks.py", "test_distributed_training.py", "test_faults.py", "test_pretraining.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)


def make_shop(rows: int = 240, seed: int = 0) -> pd.DataFrame:
    """Examples whose label follows from a number, a word, a category and a session alike."""
    rng = np.random.default_rng(seed)
    bought = rng.integers(2, size=rows)
    lengths = 1 + bought + rng.integers(2, size=rows)
    words = rng.choice(["hat", "red cap", "bag"], size=rows)
    return pd.DataFrame(
        {
            "pages": rng.integers(1, 9, size=rows) + 2 * bought,
            "seconds": np.where(rng.random(rows) < 0.1, np.nan, rng.exponential(60, size=rows)),
            "month": rng.choice(["May", "Nov", "Dec"], size=rows),
            "browser": rng.integers(1, 4, size=rows),
            "title": [("love " if buys else "bad ") + word for buys, word in zip(bought, words, strict=True)],
            "event_type": [["browse", "click", "cart"][:length] for length in lengths],
            "elapsed": [np.cumsum([0.0, *rng.integers(1, 90, length - 1)]).tolist() for length in lengths],
            "price": [rng.choice([np.nan, 9.5, 20.0], length).tolist() for length in lengths],
            "user_id": [f"user{number}" for number in rng.integers(200, size=rows)],
            "bought": bought,
        }
    )


def prepare_shop(frame: pd.DataFrame, **options: object) -> PreparedData:
    """What a run makes of the shop."""
    chosen: dict[str, Any] = {
        "kinds": {"browser": "category", "title": "text"},
        "excluded": {"user_id": "identifies the shopper"},
        "derived": {"seconds_a_page": "seconds / pages"},
    }
    return preprocess_data(frame, "bought", **{**chosen, **options})


@pytest.fixture(scope="session", name="make_shop")
def _make_shop() -> Callable[..., pd.DataFrame]:
    """A function that makes examples of the shop: ``make_shop(rows, seed)``."""
    return make_shop


@pytest.fixture(scope="session", name="prepare_shop")
def _prepare_shop() -> Callable[..., PreparedData]:
    """A function that prepares them: ``prepare_shop(frame, **options of preprocess_data)``."""
    return prepare_shop


@pytest.fixture(scope="session")
def shop() -> pd.DataFrame:
    """Examples of the shop; not to be changed."""
    return make_shop()


@pytest.fixture(scope="session")
def shop_data(shop: pd.DataFrame) -> PreparedData:
    """The shop, prepared."""
    return prepare_shop(shop)


@pytest.fixture(scope="session")
def tiny() -> TrainingConfig:
    """The options of a model that trains in a second."""
    return TrainingConfig(
        epochs=2,
        batch_size=32,
        ensemble_size=2,
        filters=4,
        output_dim=4,
        learning_rate=0.01,
        ema_momentum=0.9,
    )


@pytest.fixture(scope="session")
def shop_model(
    shop_data: PreparedData, tiny: TrainingConfig, tmp_path_factory: pytest.TempPathFactory
) -> IntentModel:
    """A model trained on the shop; not to be changed."""
    keras.utils.set_random_seed(0)
    model = create_model(shop_data, tiny)
    train_model(model, shop_data, tiny, tmp_path_factory.mktemp("training"), verbose=0)
    return model
