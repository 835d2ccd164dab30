"""Writes tables of kinds that people have, generated, for `compare` and for `benchmarks/autogluon.py`.

    python benchmarks/generated_tables.py --out tables

Of each a file to learn from and one to test, four to one; printed are the commands that compare on it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

PAGES = ["home", "search", "product", "basket", "help", "faq", "account", "delivery", "returns"]
_START = pd.Timestamp("2024-01-01")


def _drawn(rng: np.random.Generator, columns: dict[str, object], logit: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({**columns, "bought": (rng.random(len(logit)) < expit(logit)).astype(int)})


def categories(rng: np.random.Generator, rows: int = 20_000) -> pd.DataFrame:
    """Five categories that act in two pairs and a triple, and a number."""
    ids, (price, noise) = rng.integers(0, [8, 8, 6, 12, 5], (rows, 5)), rng.normal(size=(2, rows))
    pairs = rng.normal(size=(8, 8)), rng.normal(size=(6, 12))
    triple = rng.normal(size=(8, 6, 5))
    logit = 0.9 * pairs[0][ids[:, 0], ids[:, 1]] + 0.9 * pairs[1][ids[:, 2], ids[:, 3]]
    logit += 0.8 * triple[ids[:, 1], ids[:, 2], ids[:, 4]] + 0.4 * price - 0.5
    cells = {f"category {column}": np.char.add("v", ids[:, column].astype(str)) for column in range(5)}
    return _drawn(rng, {**cells, "price": price, "noise": noise}, logit)


def numbers(rng: np.random.Generator, rows: int = 15_000, columns: int = 40) -> pd.DataFrame:
    """Many numbers that say a little each, some in curves and pairs; 5 % of the cells are missing."""
    values, weights = rng.standard_t(4, (rows, columns)), 0.15 * rng.normal(size=columns)
    logit = values @ weights + 0.5 * np.sin(2 * values[:, 0]) + 0.5 * np.maximum(values[:, 1], values[:, 2])
    logit += 0.4 * (values[:, 3] > 1) * (values[:, 4] < 0) - 3.4
    cells = np.where(rng.random(values.shape) < 0.05, np.nan, np.exp(values / 2).round(3))
    return _drawn(rng, {f"number {column}": cells[:, column] for column in range(columns)}, logit)


def dates(rng: np.random.Generator, rows: int = 12_000) -> pd.DataFrame:
    """Days between two dates, the weekday of one, and a category."""
    hour, between = rng.integers(0, 500 * 24, rows), rng.gamma(2, 60, rows).astype(int)
    channel = rng.integers(0, 6, rows)
    logit = 0.9 * np.sin(between / 30) - 0.004 * between + 0.8 * (channel == 2) - 1.2
    logit += 0.7 * (hour // 24 % 7 >= 5)
    cells = {
        name: (_START + pd.to_timedelta(hours, unit="h")).strftime("%Y-%m-%d %H:%M")
        for name, hours in {"signed up": hour, "last seen": hour + between}.items()
    }
    return _drawn(
        rng, {**cells, "channel": np.array(list("abcdef"))[channel], "visits": rng.poisson(3, rows)}, logit
    )


def visits(rng: np.random.Generator, rows: int = 8_000) -> pd.DataFrame:
    """Pages of a visit and their times, as lists in cells of text."""
    wants, cells = rng.normal(size=rows), {"visited": [], "at": []}
    for will in wants:
        weight = np.ones(len(PAGES))
        weight[[2, 3, 8]] = np.exp(0.4 * will), 0.6 * np.exp(0.8 * will), np.exp(-0.3 * will)
        pages = rng.choice(PAGES, 1 + rng.poisson(8), p=weight / weight.sum())
        seconds = np.cumsum(rng.exponential(30 * np.exp(0.2 * will), len(pages)))
        cells["visited"].append(" > ".join(pages))
        cells["at"].append(" ".join(f"{each:.1f}" for each in seconds))
    return _drawn(rng, {**cells, "system": rng.choice(["ios", "android", "web"], rows)}, 1.2 * wants - 1.8)


TABLES = {table.__name__: table for table in (categories, numbers, dates, visits)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tables"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, table in TABLES.items():
        frame = table(np.random.default_rng(options.seed))
        paths = [options.out / f"{name}-{part}.csv" for part in ("train", "test")]
        learnt = len(frame) * 4 // 5
        frame[:learnt].to_csv(paths[0], index=False)
        frame[learnt:].to_csv(paths[1], index=False)
        given = f"--data {paths[0]} --test-data {paths[1]} --label bought"
        print(f"python -m intent_tf.compare {given} --models intent_tf,lightgbm_tuned,catboost")
        print(f"python benchmarks/autogluon.py --python ag/bin/python {given} --seconds 180")


if __name__ == "__main__":
    main()
