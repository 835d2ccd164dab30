from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.label_words import NEGATIVE, POSITIVE, fold_label, fold_labels, is_blank


@pytest.mark.parametrize("values", [["1", " 1.0 ", 1, 1.0, np.float32(1), Decimal("1.0"), "１", "+1"]])
def test_a_number_is_the_same_label_however_it_is_written(values: list[object]) -> None:
    assert {fold_label(value) for value in values} == {"1"}


@pytest.mark.parametrize("values", [["Yes", "YES ", "yes"], ["Sí", "sí", "SÍ"], [True, "True", "TRUE"]])
def test_case_and_spaces_and_accents_as_two_letters_make_no_other_word(values: list[object]) -> None:
    assert len({fold_label(value) for value in values}) == 1


BLANK = ["", "  ", "\t", None, np.nan, "NaN", "null", "NA", "N/A", pd.NA, pd.NaT]


def test_what_is_missing_is_blank_and_no_word_is() -> None:
    values = pd.Series([*BLANK, "no", "none", 0, False], dtype=object)
    assert is_blank(values).tolist() == [True] * len(BLANK) + [False] * 4


@pytest.mark.parametrize("dtype", ["string", "category", "Int64", "boolean", "float64", "string[pyarrow]"])
def test_columns_of_every_type_are_folded(dtype: str) -> None:
    values = pd.Series([1, 0, None], dtype="Int64").astype("string" if dtype[0] == "s" else dtype)
    folded = fold_labels(values.astype(dtype))
    assert folded.tolist() in (["1", "0", ""], ["true", "false", ""])


def test_no_word_means_both() -> None:
    assert not POSITIVE & NEGATIVE
