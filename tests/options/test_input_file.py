"""What an option names is looked for, and refused only where it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from intent_tf.errors import InputError
from intent_tf.options.input_file import existing_encoder, existing_file, existing_log, existing_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "visits.csv").write_text("a\n1\n")
    (tmp_path / "data" / "log[1].csv").write_text("a\n1\n")
    return tmp_path


def test_a_file_that_is_there_is_returned(folder: Path) -> None:
    assert existing_file(str(folder / "data" / "visits.csv")) == folder / "data" / "visits.csv"


def test_a_folder_is_no_file(folder: Path) -> None:
    with pytest.raises(InputError, match=r"data: is a folder; expected a \.csv"):
        existing_file(folder / "data")


def test_the_first_part_of_a_path_that_is_not_there_is_named_with_the_nearest(folder: Path) -> None:
    with pytest.raises(InputError, match=r"there is no folder '.*dta' \(did you mean 'data'\?\)"):
        existing_file(folder / "dta" / "visits.csv")


def test_a_path_below_a_file_is_not_there(folder: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        existing_file(folder / "data" / "visits.csv" / "day=1")


@pytest.mark.parametrize("log", ["data", "data/visits.csv", "data/log[1].csv", "data/v*.csv", "**/*.csv"])
def test_a_log_may_be_a_folder_a_file_or_a_pattern(folder: Path, log: str) -> None:
    existing_log(str(folder / log))


@pytest.mark.parametrize("log", ["data/*.parquet", "dat*"])
def test_a_pattern_that_no_file_matches_is_no_log(folder: Path, log: str) -> None:
    with pytest.raises(InputError, match="no such file"):
        existing_log(str(folder / log))


def test_a_model_may_be_a_folder(folder: Path) -> None:
    existing_model(folder / "data")


@pytest.mark.parametrize(
    "name", ["bert_tiny_en_uncased", "hf://google/bert", "kaggle://keras/bert/keras/tiny"]
)
def test_an_encoder_that_may_be_fetched_is_not_looked_for(name: str) -> None:
    existing_encoder(name)
