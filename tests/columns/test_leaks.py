from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.leaks import find_leaks
from intent_tf.data.predictions import Labels
from intent_tf.errors import InputError

RNG = np.random.default_rng(0)
LABEL = np.arange(1000) % 2


def found(values, kind, **options):
    return [
        row.column
        for row in find_leaks(
            pd.DataFrame({"column": values}), Labels.unweighted(LABEL), {"column": kind}, **options
        )
    ]


@pytest.mark.parametrize("direction", [1, -1])
def test_a_number_that_rises_or_falls_with_the_label_is_named(direction):
    assert found(direction * (LABEL + RNG.normal(0, 0.3, 1000)), "number")


def test_a_number_that_is_high_and_low_for_buyers_is_named():
    assert found(np.where(LABEL, RNG.choice([-1, 1], 1000), 0) + RNG.normal(0, 0.1, 1000), "number")


def test_a_number_that_only_buyers_lack_is_named():
    assert found(np.where(LABEL, np.nan, RNG.normal(size=1000)), "number")


def test_a_category_that_says_the_label_in_words_is_named():
    assert found(np.where(LABEL, "paid", "left"), "category")


def test_a_category_of_many_values_that_each_say_the_label_is_named():
    assert found([f"{RNG.integers(20)} of {kind}" for kind in LABEL], "category")


def test_a_text_that_repeats_the_label_is_named():
    assert found(np.where(LABEL, "thank you", "come back"), "text")


def test_a_sequence_whose_length_is_the_label_is_named():
    assert found([["click"] * (3 + kind) for kind in LABEL], "sequence")


@pytest.mark.parametrize("kind", ["number", "category", "text"])
def test_an_id_is_not_named(kind):
    shuffled = RNG.permutation(1000)
    assert not found(shuffled if kind == "number" else shuffled.astype(str), kind, limit=0.6)


def test_an_honest_good_column_is_not_named():
    # Normal probabilities 1 apart: AUROC 0.76.
    assert not found(LABEL + RNG.normal(0, 1, 1000), "number")


def test_the_limit_decides():
    values = LABEL + RNG.normal(0, 1, 1000)
    assert found(values, "number", limit=0.7)


def test_the_worst_comes_first_with_its_auroc():
    frame = pd.DataFrame(
        {"good": LABEL + RNG.normal(0, 0.5, 1000), "copy": LABEL, "noise": RNG.normal(size=1000)}
    )
    leaks = find_leaks(frame, Labels.unweighted(LABEL), dict.fromkeys(frame, "number"))
    assert [row.column for row in leaks] == ["copy", "good"]
    assert leaks[0].auroc == 1.0


def test_too_few_rows_of_a_class_are_refused():
    with pytest.raises(InputError, match="4 of 100 labels are 1; expected at least 5"):
        find_leaks(pd.DataFrame({"a": range(100)}), Labels.unweighted(np.arange(100) < 4), {"a": "number"})


def test_in_uci_page_values_is_named_and_nothing_else():
    path = Path(os.environ.get("INTENT_TF_DATA", "no such folder"), "uci-online-shoppers")
    if not path.exists():
        pytest.skip(f"{path} is absent; set INTENT_TF_DATA to the folder that has it")
    frame = pd.read_csv(path / "online_shoppers_intention.csv")
    label = frame.pop("Revenue").astype(int)
    coded = ["Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType", "Weekend"]
    kinds = {column: "category" if column in coded else "number" for column in frame}
    leaks = find_leaks(frame, Labels.unweighted(label), kinds)
    assert [row.column for row in leaks] == ["PageValues"]
    assert leaks[0].auroc == pytest.approx(0.86, abs=0.01)
