"""A table for boosters, and rows that tell whether trees in the graph take every turn as the library does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.layers import TreeEnsemble
from intent_tf.trees import FittedTrees

Rows = npt.NDArray[np.float32]
SPECIAL = [np.nan, -np.nan, np.inf, -np.inf, 0, -0.0, 1e-45, -1e-45, 1e-35, -1e-35, 3e38, -3e38]


def make_table(seed: int, rows: int = 500) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Numbers with ties, zeros, gaps, and orders of magnitude, and two columns of categories; and labels."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "normal": rng.normal(size=rows),
            "rounded": rng.normal(size=rows).round(1),
            "count": rng.poisson(1.0, size=rows) * rng.integers(-1, 2, size=rows),
            "missing": np.where(rng.random(rows) < 0.2, np.nan, rng.normal(size=rows)),
            "tiny": rng.normal(size=rows) * 10.0 ** rng.integers(-39, 30, size=rows),
        },
        dtype="float32",
    )
    color, size = rng.integers(9, size=rows), rng.integers(3, size=rows)
    frame["color"] = pd.Categorical.from_codes(color, [f"color {i}" for i in range(9)])
    frame["size"] = pd.Categorical.from_codes(size, ["L", "M", "S"])
    score = frame["normal"] * (1 - size) + frame["rounded"] + (frame["count"] == 0) + np.sign(frame["tiny"])
    score += frame["missing"].isna() * 2 + np.isin(color, [1, 2, 6]) * 2 - 1.5 + rng.normal(size=rows)
    return frame, (score > 0).to_numpy().astype(int)


def telling_rows(trees: FittedTrees, seed: int = 0) -> Rows:
    """Rows at, just below and just above every threshold, and with each special number in each column."""
    rng = np.random.default_rng(seed)
    numbers, indices = [], []
    for index, known in enumerate(trees.categories):
        splits = np.repeat(trees.column, trees.threshold_counts) == index
        at = np.unique(trees.thresholds[splits])
        with np.errstate(over="ignore"):
            around = [at, *(np.nextafter(at, np.float32(end)) for end in (-np.inf, np.inf)), SPECIAL]
        around = np.concatenate(around) if known is None else np.array([*range(len(known)), -1, 777, np.nan])
        numbers.append(around.astype("float32"))
        indices.append(np.full(len(around), index))
    rows = np.stack([rng.choice(each, sum(map(len, numbers))) for each in numbers], axis=1)
    rows[np.arange(len(rows)), np.concatenate(indices)] = np.concatenate(numbers)
    return rows


def frame_of(rows: Rows, trees: FittedTrees, dtypes: dict[str, Any]) -> pd.DataFrame:
    """Rows as the library takes them: the categories by name, those that are unseen among them."""
    frame = pd.DataFrame(rows, columns=list(trees.columns))
    for name, known in zip(trees.columns, trees.categories, strict=True):
        if known is not None:
            names = frame[name].map({**dict(enumerate(known)), -1: "unseen", 777: "unseen"})
            frame[name] = (
                names
                if name not in dtypes
                else pd.Categorical(names.where(names != "unseen"), dtype=dtypes[name])
            )
    return frame


@pytest.fixture(scope="session")
def table() -> Callable[..., tuple[pd.DataFrame, npt.NDArray[np.int64]]]:
    return make_table


@pytest.fixture(scope="session")
def assert_same() -> Callable[..., None]:
    """A function that compares with a library: ``assert_same(trees, predict, finite=False, **dtypes)``."""

    def check(trees: FittedTrees, predict: Callable[[Any], Any], finite: bool = False, **dtypes: Any) -> None:
        rows = telling_rows(trees)
        rows = rows[~np.isinf(rows).any(axis=1)] if finite else rows
        assert len(rows) > 50
        own = predict(frame_of(rows, trees, dtypes))
        assert np.ptp(own) > 0.2
        np.testing.assert_allclose(tf.sigmoid(TreeEnsemble(trees)(rows)), own, rtol=0, atol=1e-6)

    return check
