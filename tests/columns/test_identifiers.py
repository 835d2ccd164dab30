from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.identifiers import find_identifiers
from intent_tf.columns.inference import infer_specification
from intent_tf.data.facts import Facts
from intent_tf.data.predictions import Labels

ROWS = 1500
RNG = np.random.default_rng(0)


def found(values: Any, name: str = "x") -> tuple[dict[str, str], list[str]]:
    """What is excluded of a table with one such column beside a number, and what is warned of."""
    frame = pd.DataFrame({name: values, "price": RNG.random(len(values)), "bought": 0})
    frame = frame.sample(frac=1, random_state=0)
    train, validation, facts = frame[: len(frame) * 4 // 5], frame[len(frame) * 4 // 5 :], Facts()
    columns = infer_specification(train, "bought").columns
    labels = Labels.unweighted(train["bought"])
    return find_identifiers(columns, train, validation, labels, facts), facts.warnings


def one_twice(values: list[Any]) -> list[Any]:
    return [*values, values[0]]


IDENTIFIERS = {
    "mail": [f"u{number}@shop.com" for number in range(ROWS)],
    "phone with spaces": [f"+49 {number % 977} {number}" for number in range(10_000, 10_000 + ROWS)],
    "phone": (RNG.choice(9_000_000, ROWS, replace=False) + 491_700_000_000).tolist(),
    "phone as text": (RNG.choice(9_000_000, ROWS, replace=False) + 491_700_000_000).astype(str).tolist(),
    "uuid": [f"{number:032x}" for number in RNG.permutation(ROWS)],
    "CustomerId": (15_565_701 + RNG.choice(250_000, ROWS, replace=False)).tolist(),
    "order": RNG.permutation(ROWS).tolist(),
    "order of a float column": RNG.permutation(ROWS).astype(float).tolist(),
    "name": [f"Ann{number // 40} Lee{number % 40}" for number in range(ROWS)],
}


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_an_identifier_with_one_value_twice_is_found(name: str) -> None:
    excluded, _ = found(one_twice(IDENTIFIERS[name]))
    assert excluded["x"].startswith("a likely identifier (")


FEATURES = {
    "few": RNG.choice(list("abc"), ROWS),
    "zip codes": [f"{number:05}" for number in RNG.integers(10_000, 10_000 + 300, ROWS)],
    "prices": RNG.exponential(60, ROWS).round(2),
    "continuous": RNG.normal(size=ROWS),
    "income": RNG.integers(20_000, 90_000, ROWS),
    "whole amounts": RNG.lognormal(9, 1, ROWS).round(),
    "balance": RNG.integers(-3_000, 60_000, ROWS),
    "seconds": RNG.exponential(600, ROWS).round(),
    "texts": [
        f"the {word} hat number {number}" for number, word in enumerate(RNG.choice(list("abcd"), ROWS))
    ],
    "lists": [[f"item{number}"] for number in range(ROWS)],
    "mostly missing": [None] * (ROWS - 40) + [f"code{number}" for number in range(40)],
}


@pytest.mark.parametrize("name", FEATURES)
def test_what_means_something_to_other_rows_is_no_identifier(name: str) -> None:
    assert found(FEATURES[name]) == ({}, [])


def test_a_tiny_table_has_no_identifiers() -> None:
    assert found([f"u{number}@shop.com" for number in range(50)]) == ({}, [])


SHOPPERS = {
    "user_id": [f"u{number}" for number in RNG.integers(300, size=ROWS)],
    "CustomerId": RNG.integers(300, size=ROWS).tolist(),
    "e-mail": [f"{number}@shop.com" for number in RNG.integers(300, size=ROWS)],
    "contact": [f"{number}@shop.com" for number in RNG.integers(300, size=ROWS)],
    "Phone": (491_700_000_000 + RNG.integers(300, size=ROWS)).tolist(),
}


@pytest.mark.parametrize("name", SHOPPERS)
def test_an_identifier_of_several_rows_is_told_with_the_group_that_it_suggests(name: str) -> None:
    excluded, (warning,) = found(SHOPPERS[name], name)
    assert not excluded and f"'{name}' looks like an identifier that repeats" in warning
    assert f"--group {name} " in warning


def test_what_a_repeated_identifier_promises_is_judged_by_a_split_grouped_by_it() -> None:
    rng, facts = np.random.default_rng(0), Facts()
    user, noise = rng.integers(1000, size=8000), rng.random(8000)
    bought = np.where(rng.random(8000) < 0.02, 1 - user % 2, user % 2)
    frame = pd.DataFrame({"user_id": user, "price": noise, "bought": bought})
    columns = infer_specification(frame, "bought").columns
    find_identifiers(columns, frame, frame[:100], Labels.unweighted(bought), facts)
    (warning,) = facts.warnings
    known, new = map(float, re.search(r"AUROC (\S+), for new values (\S+)\)", warning).groups())
    assert known > 0.95 and abs(new - 0.5) < 0.05


@pytest.mark.parametrize("name", ["customer_age", "paid", "city", "idle"])
def test_a_column_that_only_resembles_one_is_not_told(name: str) -> None:
    assert found(RNG.integers(100, size=ROWS), name) == ({}, [])
