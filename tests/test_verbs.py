"""The verbs, each in a process of its own, as a user runs them one after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generator = np.random.default_rng(0)
    pages = generator.integers(1, 20, 600)
    bought = np.where(generator.random(600) < pages / 20, "yes", "no")
    path = tmp_path_factory.mktemp("table") / "visits.csv"
    device = generator.choice(["phone", "desktop"], 600)
    pd.DataFrame({"pages": pages, "device": device, "bought": bought}).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def trained(table: Path, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    out = str(tmp_path_factory.mktemp("out") / "model")
    return run("intent_tf.train", "--data", str(table), "--label", "bought", "--epochs", "3", "--out", out)


@pytest.fixture(scope="module")
def version(trained: subprocess.CompletedProcess[str]) -> Path:
    assert trained.returncode == 0, trained.stderr
    return Path(trained.stdout.splitlines()[-1])


def test_the_last_line_of_train_is_the_version_folder(version: Path) -> None:
    assert version.is_dir() and version.name == "1"


def test_a_run_leaves_all_that_the_readme_names(version: Path) -> None:
    names = {"saved_model.pb", "variables", "assets", "assets.extra", "model.keras", "config.yaml"}
    assert names | {"metrics.json", "report.html", "MODEL_CARD.md"} <= {
        path.name for path in version.iterdir()
    }


def test_a_run_says_how_many_equal_rows_it_keeps(
    trained: subprocess.CompletedProcess[str], version: Path
) -> None:
    equal = json.loads((version / "metrics.json").read_text())["cleaning"]["equal_rows"]
    assert equal > 500 and f"  rows kept though equal to another, by coincidence: {equal}\n" in trained.stdout


def test_metrics_hold_the_test_figures_and_every_baseline(version: Path) -> None:
    metrics = json.loads((version / "metrics.json").read_text())
    assert {"constant_rate", "logistic_regression", "hist_gradient_boosting"} == set(metrics["baselines"])
    assert {"test", "baselines", "cleaning", "split", "throughput"} <= set(metrics)


def test_a_new_process_predicts_with_the_trained_model(version: Path, table: Path, tmp_path: Path) -> None:
    done = run("intent_tf.predict", str(version), "--data", str(table), "--out", str(tmp_path / "scored.csv"))
    assert done.returncode == 0, done.stderr
    scored = pd.read_csv(tmp_path / "scored.csv")
    assert len(scored) == 600 and scored["intent_strength"].between(0, 1).all()


def test_a_new_process_evaluates_the_trained_model(version: Path, table: Path) -> None:
    done = run("intent_tf.evaluate", str(version), "--data", str(table))
    assert done.returncode == 0, done.stderr
    assert "intent_tf" in done.stdout and "constant_rate" in done.stdout


def test_a_new_process_loads_the_keras_file_without_custom_objects(version: Path) -> None:
    code = f"import keras, intent_tf; keras.models.load_model({str(version / 'model.keras')!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_bad_input_ends_with_status_2_and_no_traceback(tmp_path: Path) -> None:
    done = run("intent_tf.train", "--data", str(tmp_path / "none.csv"), "--label", "bought")
    assert done.returncode == 2
    assert "no such file" in done.stderr and "Traceback" not in done.stderr


def test_a_folder_without_a_model_is_named(tmp_path: Path, table: Path) -> None:
    done = run("intent_tf.predict", str(tmp_path), "--data", str(table), "--out", str(tmp_path / "out.csv"))
    assert done.returncode == 2
    assert "holds no model" in done.stderr
