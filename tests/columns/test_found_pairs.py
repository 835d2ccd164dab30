"""Ratios and differences of numbers that pay, found in the training rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.found_pairs import find_pairs
from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.predictions import Labels


def prices(rows: int, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    price, base = rng.lognormal(3, 0.6, (2, rows))
    price[rng.uniform(size=rows) < 0.1] = np.nan
    return {"price": price, "base": base, "pages": rng.integers(1, 20, rows).astype(float)}


def drawn(probability: np.ndarray, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=len(probability)) < probability


def test_a_ratio_that_decides_is_found() -> None:
    columns = prices(4000)
    near = np.abs(columns["price"] / columns["base"] - 1) < 0.3
    found = find_pairs(columns, Labels.unweighted(drawn(np.where(near, 0.7, 0.2))))
    assert found == {"price / base": "`price` / `base`"}


def test_a_difference_that_decides_is_found() -> None:
    columns = prices(4000)
    near = np.abs(columns["price"] - columns["base"]) < 5
    found = find_pairs(columns, Labels.unweighted(drawn(np.where(near, 0.7, 0.2))))
    assert list(found) == ["price - base"]


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_found_where_pairs_say_nothing(seed: int) -> None:
    columns = prices(3000, seed)
    alone = np.where(columns["pages"] > 10, 0.5, 0.2)
    assert find_pairs(columns, Labels.unweighted(drawn(alone, seed)), seed) == {}


def test_what_is_often_zero_is_not_what_is_divided_by() -> None:
    columns = prices(4000)
    columns["base"][::7] = 0.0
    with np.errstate(divide="ignore"):
        near = np.abs(columns["base"] / columns["price"] - 1) < 0.3
    found = find_pairs(columns, Labels.unweighted(drawn(np.where(near, 0.7, 0.2))))
    assert "base / price" in found


def test_few_rows_cannot_tell() -> None:
    columns = prices(500)
    assert find_pairs(columns, Labels.unweighted(drawn(np.where(columns["base"] > 20, 0.9, 0.1)))) == {}


def test_rows_of_no_weight_tell_nothing() -> None:
    columns = prices(4000)
    near = np.abs(columns["price"] / columns["base"] - 1) < 0.3
    label = drawn(np.where(near, 0.9, 0.1))
    first = {name: values[:2500] for name, values in columns.items()}
    alone = find_pairs(first, Labels.unweighted(label[:2500]))
    assert alone and find_pairs(columns, Labels(label, np.arange(4000) < 2500)) == alone


def test_a_table_is_prepared_with_what_pays_unless_derived_columns_are_given() -> None:
    columns = prices(4000)
    near = np.abs(columns["price"] / columns["base"] - 1) < 0.3
    frame = pd.DataFrame(columns).assign(bought=drawn(np.where(near, 0.7, 0.2)))
    data = preprocess_data(frame, "bought", verbose=False)
    found = data.preprocessor.options.derived
    assert len(found) == 1 and f"derived numbers that pay: {next(iter(found))}" in str(data.facts)
    assert set(found) < set(data.preprocessor.number_names)
    given = preprocess_data(frame, "bought", verbose=False, derived={})
    assert given.preprocessor.options.derived == {}
