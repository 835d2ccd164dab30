"""Times fitted trees in the graph, beside the libraries that fitted them, on tables of 20 columns.

    python benchmarks/trees.py            # needs gcc; YDF is timed where it is installed

Ours is an export of `TreeEnsemble` in TensorFlow's C API (what TF Serving calls); the libraries predict in
Python, from arrays in memory. All is timed in the same run, in turns. Each library gets one thread for one
row, where more only harm, and all of them for a batch.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "serving"))  # for c_loader

import catboost
import keras
import lightgbm
import numpy as np
from c_loader import CLoader, compile_loader
from machine import machine
from timing import timed

from intent_tf.layers import TreeEnsemble
from intent_tf.trees import read_trees

COLUMNS, ROWS, BATCH, TURNS, ONES, BATCHES = 20, 10_000, 256, 6, 200, 20
Way = Callable[[np.ndarray, int], np.ndarray]


def table() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(ROWS, COLUMNS)).astype("float32")
    rows[:, ::3] = rows[:, ::3].round(1)
    rows[rng.random(rows.shape) < 0.02] = np.nan
    known = np.nan_to_num(rows)
    return rows, known[:, 0] + known[:, 1] * known[:, 2] + rng.normal(size=ROWS) > 0


def models(rows: np.ndarray, label: np.ndarray) -> dict[str, Any]:
    trees = {
        "LightGBM, 300 × 31 leaves": lightgbm.LGBMClassifier(
            n_estimators=300, num_leaves=31, learning_rate=0.05, verbose=-1
        ),
        "CatBoost, 1,000 × depth 6": catboost.CatBoostClassifier(
            iterations=1000, depth=6, learning_rate=0.05, verbose=False, allow_writing_files=False
        ),
    }
    return {name: model.fit(rows, label) for name, model in trees.items()}


def export(model: Any, rows: np.ndarray, folder: Path) -> float:
    """Export a model's trees, and return the largest difference of its probabilities."""
    inputs = keras.Input((COLUMNS,), name="rows")
    ours = keras.Model(inputs, {"probability": keras.ops.sigmoid(TreeEnsemble(read_trees(model))(inputs))})
    ours.export(folder, verbose=False)
    return float(np.abs(ours(rows)["probability"].numpy() - model.predict_proba(rows)[:, 1]).max())


def own(model: Any) -> Way:
    """Time a library's own prediction."""
    name = "num_threads" if isinstance(model, lightgbm.LGBMClassifier) else "thread_count"
    predict = model.booster_.predict if name == "num_threads" else model.predict_proba
    return lambda rows, times: timed(lambda: predict(rows, **{name: 1 if len(rows) == 1 else -1}), times)


def of_ydf(rows: np.ndarray, label: np.ndarray) -> dict[str, Way]:
    """Time YDF's prediction by 300 trees of 31 leaves, where YDF is installed."""
    if importlib.util.find_spec("ydf") is None:
        return {}
    import ydf

    def columns(rows: np.ndarray) -> dict[str, np.ndarray]:
        return {f"column_{index}": rows[:, index] for index in range(COLUMNS)}

    ydf.verbose(0)
    learner = ydf.GradientBoostedTreesLearner(
        label="label", num_trees=300, growing_strategy="BEST_FIRST_GLOBAL", max_num_nodes=31,
        max_depth=-1, shrinkage=0.05, early_stopping="NONE",
    )  # fmt: skip
    model = learner.train({**columns(rows), "label": label})
    return {
        "YDF, 300 × 31 leaves: own": lambda rows, times: timed(lambda: model.predict(columns(rows)), times)
    }


def main() -> None:
    rows, label = table()
    folder = Path(tempfile.mkdtemp())
    program = compile_loader(folder)
    ways: dict[str, Way] = {}
    loaders = []
    for name, model in models(rows, label).items():
        path = folder / name[:8] / "1"
        difference = export(model, rows[:1000], path)
        print(f"{name}: probabilities differ by {difference:.0e} at most")
        loader = CLoader(program, path)
        loaders.append(loader)
        ways[f"{name}: in C"] = lambda rows, times, loader=loader: loader.timed({"rows": rows}, runs=times)[1]
        ways[f"{name}: own"] = own(model)
    ways |= of_ydf(rows, label)

    found: dict[str, list[list[np.ndarray]]] = {name: [[], []] for name in ways}
    for turn in range(TURNS + 1):  # the first warms up
        for name, way in ways.items():
            for kind, (size, times) in enumerate(((1, ONES), (BATCH, BATCHES))):
                seconds = way(rows[:size], times)
                if turn:
                    found[name][kind].append(seconds)
    print(f"\n{'way':40}{'1 row, ms':>12}{'best':>8}{f'{BATCH} rows, ms':>15}{'best':>8}{'rows/s':>10}")
    for name, (ones, batches) in found.items():
        one, many = np.concatenate(ones) * 1e3, np.concatenate(batches) * 1e3
        speed = 1e3 * BATCH / np.median(many)
        print(
            f"{name:40}{np.median(one):12.3f}{one.min():8.3f}{np.median(many):15.2f}{many.min():8.2f}{speed:10,.0f}"
        )
    for loader in loaders:
        loader.close()
    print(json.dumps(machine()))


if __name__ == "__main__":
    main()
