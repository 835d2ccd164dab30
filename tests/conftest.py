"""A small shop with columns of every kind, and models of it, shared by the tests of several rooms."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model, train_model

#: Files that take long. Started first, they leave no worker alone with one of them at the end.
LONG = ("test_verbs.py", "test_launch.py", "test_spark.py", "test_notebooks.py", "test_faults.py")
#: As many models may the default suite train in its own processes; two tests start verbs that train one each.
MOST_TRAINED = 10
TRAINED = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Count the models that are trained in this process."""
    config.stash[TRAINED] = 0
    fit, seen = keras.Model.fit, weakref.WeakSet[keras.Model]()

    @functools.wraps(fit)
    def counted(model: keras.Model, *arguments: Any, **options: Any) -> Any:
        config.stash[TRAINED] += model not in seen
        seen.add(model)
        return fit(model, *arguments, **options)

    keras.Model.fit = counted


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("guard"):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what a worker counted."""
    node.config.stash[TRAINED] += getattr(node, "workeroutput", {}).get("trained", 0)


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["trained"] = config.stash[TRAINED]
    elif config.option.markexpr == "not slow" and config.stash[TRAINED] > MOST_TRAINED:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    most = f" (the default suite may train {MOST_TRAINED})" if config.option.markexpr == "not slow" else ""
    terminalreporter.write_line(f"models trained: {config.stash[TRAINED]}{most}")


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
def quick() -> tuple[str, ...]:
    """Options of a run on the shop that ends at once."""
    model = ("--epochs=1", "--ensemble-size=2", "--filters=4", "--output-dim=4", "--parts=network")
    return (*model, "--label=bought")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[..., Path]:
    """A function that gives a folder that all workers share: ``made_once(name, make)``.

    The first worker that asks for it makes it by ``make(folder)``; the others wait.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        with FileLock(shared / f"{name}.lock"):
            if not (shared / name).is_dir():
                (made := shared / f"{name}.part").mkdir(exist_ok=True)
                make(made)
                made.rename(shared / name)
        return shared / name

    return folder


@pytest.fixture(scope="session")
def shop_run(shop_data: PreparedData, tiny: TrainingConfig, made_once: Callable[..., Path]) -> Path:
    """The folder in which a model was trained on the shop, with the model; not to be changed."""

    def train(folder: Path) -> None:
        keras.utils.set_random_seed(0)
        model = create_model(shop_data, tiny)
        train_model(model, shop_data, tiny, folder, verbose=0)
        model.save(folder / "model.keras")

    return made_once("shop_run", train)


@pytest.fixture(scope="session")
def shop_model(shop_run: Path) -> IntentModel:
    """That model; not to be changed."""
    return keras.models.load_model(shop_run / "model.keras")
