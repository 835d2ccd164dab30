"""A table of dates, a set and two prices, beside the best that anybody could predict.

    python benchmarks/any_column.py --seeds 0 1 2            # three to five minutes each on two cores
    python benchmarks/any_column.py --seeds 0 --earlier      # version 0.1's default on the same rows, too

The label's logit is a sum of what the hour of the week says, of the days between two dates, of one member
of a set and of the ratio of two prices. Of each cell 10 % are missing, and the optimum is the mean of the
probability over what is then unknown, by draws from its distribution given the cells that are there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "net"))  # for same_training

import numpy as np
import pandas as pd
from many_values import lightgbm_on_raw_columns, tell
from same_training import COMMIT, checked_out
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

ROWS = {"train": 20_000, "validation": 2_500, "test": 10_000}
COLOURS = np.array(["black", "blue", "brown", "green", "grey", "pink", "red", "white"])
DRAWS = 2_000
HOURS, WEEK = 2 * 365 * 24, 7 * 24
_START = pd.Timestamp("2024-01-01")  # a Monday


def _hours_between(rng: np.random.Generator, shape: object) -> np.ndarray:
    return np.minimum(rng.gamma(2.0, 48.0, shape), 720).astype(int)


def _logit(
    hour: np.ndarray, between: np.ndarray, red: np.ndarray, ratio: np.ndarray, week: np.ndarray
) -> np.ndarray:
    return week[hour % WEEK] + 0.25 * (between / 24 - 4) + 1.2 * red + 4 * (ratio - 0.8) - 1


def table(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table, and the optimal probability of its test rows."""
    rng = np.random.default_rng(seed)
    count = sum(ROWS.values())
    week = (0.8 * rng.normal(size=(7, 1)) * np.sin((np.arange(24) - 6) * np.pi / 12)).ravel()
    hour, between = rng.integers(0, HOURS, count), _hours_between(rng, count)
    members = rng.random((count, len(COLOURS))) < 0.3
    base, ratio = rng.lognormal(3.5, 0.7, count), np.exp(rng.normal(-0.25, 0.25, count))
    red = members[:, list(COLOURS).index("red")]
    label = rng.random(count) < expit(_logit(hour, between, red, ratio, week))
    gone = {name: rng.random(count) < 0.1 for name in ("ordered", "arrived", "colours", "base", "price")}
    cells = {
        "ordered": (_START + pd.to_timedelta(hour, unit="h")).strftime("%Y-%m-%d %H:%M"),
        "arrived": (_START + pd.to_timedelta(hour + between, unit="h")).strftime("%Y-%m-%d %H:%M"),
        "colours": [";".join(COLOURS[row]) or "none" for row in members],
        "base": base,
        "price": base * ratio,
    }
    frame = pd.DataFrame({name: pd.Series(each).mask(gone[name]) for name, each in cells.items()})
    frame["bought"], frame["part"] = label.astype(int), np.repeat(list(ROWS), list(ROWS.values()))

    test = slice(count - ROWS["test"], count)
    hour, between, red, base, ratio = (each[test] for each in (hour, between, red, base, ratio))
    gone = {name: each[test] for name, each in gone.items()}
    best = np.zeros(ROWS["test"])
    for _ in range(DRAWS):
        new_hour, new_between = rng.integers(0, HOURS, len(best)), _hours_between(rng, len(best))
        new_between = np.where(gone["ordered"] | gone["arrived"], new_between, between)
        # An order of unknown hour was made as long before it arrived as parcels take.
        new_hour = np.where(gone["arrived"], new_hour, hour + between - new_between)
        new_hour = np.where(gone["ordered"], new_hour, hour)
        new_red = np.where(gone["colours"], rng.random(len(best)) < 0.3, red)
        # log(price) = log(base) + log(ratio), both normal: what a price alone says of its ratio.
        share = 0.25**2 / (0.25**2 + 0.7**2)
        mean = -0.25 + share * (np.log(base * ratio) - 3.5 + 0.25)
        spread = 0.25 * np.sqrt(1 - share)
        mean, spread = np.where(gone["price"], -0.25, mean), np.where(gone["price"], 0.25, spread)
        drawn = np.exp(mean + spread * rng.normal(size=len(best)))
        new_ratio = np.where(gone["base"] | gone["price"], drawn, ratio)
        best += expit(_logit(new_hour, new_between, new_red, new_ratio, week)) / DRAWS
    return frame, best


def by_commands(frame: pd.DataFrame, tree: Path, *options: str) -> np.ndarray:
    """Predict the test rows by the commands of a version, in its own tree."""
    with tempfile.TemporaryDirectory() as folder:
        test, columns = frame["part"] == "test", frame.drop(columns="part")
        columns[~test].to_csv(Path(folder, "train.csv"), index=False)
        columns[test].to_csv(Path(folder, "test.csv"), index=False)
        environment = {**os.environ, "PYTHONPATH": str(tree)}
        for verb, *words in (
            [
                "train",
                "--data",
                "train.csv",
                "--test-data",
                "test.csv",
                "--label",
                "bought",
                "--out",
                "model",
            ],
            ["predict", "model", "--data", "test.csv", "--out", "scored.csv"],
        ):
            command = [sys.executable, "-m", f"intent_tf.{verb}", *words]
            command += options if verb == "train" else ()
            subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        return pd.read_csv(Path(folder, "scored.csv"))["intent_strength"].to_numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--earlier", action="store_true", help="train version 0.1 on the same rows, too")
    options = parser.parse_args()
    for seed in options.seeds:
        frame, best = table(seed)
        label = frame["bought"][frame["part"] == "test"].to_numpy()
        least = log_loss(label, best)
        print(f"seed {seed}: optimum {least:.4f}, AUROC {roc_auc_score(label, best):.4f}", flush=True)
        started = time.perf_counter()
        found = {"intent_tf": by_commands(frame, ROOT, "--seed", str(seed))}
        print(f"  intent_tf took {time.perf_counter() - started:.0f} s")
        days = {
            name: (pd.to_datetime(frame[name]) - _START) / pd.Timedelta(days=1)
            for name in ("ordered", "arrived")
        }
        found["LightGBM"] = lightgbm_on_raw_columns(frame.assign(**days), seed)
        if options.earlier:
            with checked_out(COMMIT) as tree:
                found["version 0.1"] = by_commands(frame, tree)
        for name, each in found.items():
            tell(name, label, each, least, "optimum")


if __name__ == "__main__":
    main()
