"""`python -m intent_tf.tune`, in small real searches."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import yaml

from intent_tf.errors import InputError
from intent_tf.options.command_line import parse_configuration
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.options.tune import TuneConfig
from intent_tf.runs.tune import tune_options
from intent_tf.training.tuning import MedianStopping
from intent_tf.tune import main

pytest.importorskip("keras_tuner", reason="needs intent_tf[tune]")


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    pages = rng.integers(1, 30, size=200)
    frame = pd.DataFrame({"pages": pages * 1.5, "bought": (rng.uniform(size=200) < pages / 30).astype(int)})
    path = tmp_path_factory.mktemp("data") / "visits.csv"
    frame.to_csv(path, index=False)
    return path


def arguments(visits: Path, out: Path, *more: str) -> list[str]:
    return [
        "--data",
        str(visits),
        "--label",
        "bought",
        "--kinds",
        "pages=number",
        "--out",
        str(out),
        "--epochs",
        "2",
        "--ensemble-size",
        "2",
        "--parts",
        "network",
        "--trials",
        "2",
        "--seeds",
        "1",
        *more,
    ]


@pytest.fixture(scope="module")
def found(visits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tuned")
    main(arguments(visits, out))
    return out


@pytest.mark.slow
def test_every_trial_is_listed_best_first(found: Path) -> None:
    trials = pd.read_csv(found / "trials.csv")
    assert len(trials) == 2
    assert trials["val_log_loss"].is_monotonic_increasing


@pytest.mark.slow
def test_the_page_shows_the_trials(found: Path) -> None:
    assert "learning_rate" in (found / "trials.html").read_text()


@pytest.mark.slow
def test_train_takes_what_is_written(found: Path) -> None:
    kinds = (SourceConfig, PreprocessingConfig, TrainingConfig)
    (source, _, training), _ = parse_configuration("train", "", kinds, ["--config", str(found / "best.yaml")])
    assert source.label == "bought"
    assert training.epochs == 2


@pytest.mark.slow
def test_a_search_goes_on_where_it_was_interrupted(visits: Path, tmp_path: Path) -> None:
    main(arguments(visits, tmp_path))
    first = pd.read_csv(tmp_path / "trials.csv").set_index("trial")["val_log_loss"]
    main(arguments(visits, tmp_path, "--resume", "--trials", "3"))
    second = pd.read_csv(tmp_path / "trials.csv").set_index("trial")["val_log_loss"]
    assert len(second) == 3
    assert second[first.index].to_dict() == first.to_dict()


@pytest.mark.slow
def test_a_search_is_not_gone_on_with_under_other_options(visits: Path, tmp_path: Path, found: Path) -> None:
    with pytest.raises(InputError, match="the interrupted run had other options"):
        main(arguments(visits, found, "--resume", "--search", "random"))


@pytest.mark.slow
def test_test_rows_change_nothing(visits: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(visits)
    results = []
    for name, spoil in (("a", False), ("b", True)):
        test = frame.sample(60, random_state=1).assign(bought=np.arange(60) % 2)
        if spoil:
            test["bought"] = 1 - test["bought"]
        test.to_csv(tmp_path / f"test_{name}.csv", index=False)
        train = frame[~frame["pages"].isin(test["pages"])]
        table = tmp_path / "train.csv"
        pd.concat([train, frame.head(120)]).to_csv(table, index=False)
        source = SourceConfig(
            data=str(table),
            label="bought",
            kinds={"pages": "number"},
            test_data=str(tmp_path / f"test_{name}.csv"),
        )
        config = TuneConfig(search="random", trials=1, seeds=1, out=str(tmp_path / name))
        tune_options(source, PreprocessingConfig(), TrainingConfig(epochs=1, ensemble_size=2), config)
        results.append((tmp_path / name / "trials.csv").read_text())
    assert results[0] == results[1]


@pytest.mark.slow
@pytest.mark.parametrize("more", [("--search", "hyperband"), ("--search", "random", "--folds", "2")])
def test_every_strategy_runs(visits: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    main(arguments(visits, tmp_path, *more))
    assert yaml.safe_load((tmp_path / "best.yaml").read_text())["label"] == "bought"


def train_with_losses(losses: list[float], before: list[list[float]]) -> int:
    """Epochs that are run where the validation loss is as given."""
    stopping = MedianStopping(before)
    model = keras.Sequential()
    stopping.set_model(model)
    model.stop_training = False
    for epoch, loss in enumerate(losses):
        stopping.on_epoch_end(epoch, {"val_log_loss": loss})
        if model.stop_training:
            return epoch + 1
    return len(losses)


def test_a_training_worse_than_the_median_is_stopped() -> None:
    before = [[0.5, 0.4, 0.3], [0.5, 0.4, 0.2], [0.5, 0.4, 0.1]]
    assert train_with_losses([0.9, 0.8, 0.7, 0.6], before) == 3


def test_a_training_better_than_the_median_goes_on() -> None:
    before = [[0.5, 0.4, 0.3], [0.5, 0.4, 0.2], [0.5, 0.4, 0.1]]
    assert train_with_losses([0.9, 0.8, 0.15, 0.6], before) == 4


def test_nothing_is_stopped_before_others_have_run() -> None:
    assert train_with_losses([0.9, 0.8, 0.7, 0.6], [[0.1, 0.1, 0.1]]) == 4
