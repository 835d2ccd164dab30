"""`predict` and `evaluate` write one file: never the input, and an old one stays until the new is whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.options.predict import PredictConfig
from intent_tf.runs.evaluate import evaluate_file
from intent_tf.runs.predict import predict_file


@pytest.fixture
def table(tiny, tmp_path: Path) -> Path:
    tiny.rows.to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path / "rows.csv"


@pytest.mark.parametrize("out", ["rows.csv", "link.csv", "./sub/../rows.csv"])
def test_the_input_is_never_overwritten(table: Path, tmp_path: Path, out: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.csv").symlink_to(table)
    before = table.read_bytes()
    with pytest.raises(InputError, match="is the input itself"):
        predict_file(tmp_path / "no model", PredictConfig(data=str(table), out=str(tmp_path / out)))
    with pytest.raises(InputError, match="is the input itself"):
        evaluate_file(tmp_path / "no model", EvaluateConfig(data=str(table), out=str(tmp_path / out)))
    assert table.read_bytes() == before


def test_the_input_is_not_overwritten_by_the_rows_rejected(table: Path, tmp_path: Path) -> None:
    rejected = table.rename(tmp_path / "out.csv.rejected.csv")
    with pytest.raises(InputError, match="is the input itself"):
        predict_file(tmp_path / "none", PredictConfig(data=str(rejected), out=str(tmp_path / "out.csv")))


def test_a_folder_is_no_file(table: Path, tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        predict_file(tmp_path / "none", PredictConfig(data=str(table), out=str(tmp_path / "out.csv")))


def test_an_old_file_is_replaced_and_nothing_beside_it(tiny, table: Path, tmp_path: Path) -> None:
    for name in ("out.csv", "writing-out.csv"):
        (tmp_path / name).write_text("old")
    predict_file(tiny.folder, PredictConfig(data=str(table), out=str(tmp_path / "out.csv"), quiet=True))
    assert "intent_strength" in (tmp_path / "out.csv").read_text()
    assert (tmp_path / "writing-out.csv").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"rows.csv", "out.csv", "writing-out.csv"}


@pytest.mark.parametrize("keep", [1, 0])
def test_input_that_cannot_be_used_leaves_the_old_file(tiny, table: Path, tmp_path: Path, keep: int) -> None:
    lines = table.read_text().splitlines(keepends=True)
    table.write_text(lines[0] if keep else "a,b\n1,2\n")
    (tmp_path / "out.csv").write_text("old")
    with pytest.raises(InputError):
        predict_file(tiny.folder, PredictConfig(data=str(table), out=str(tmp_path / "out.csv"), quiet=True))
    assert (tmp_path / "out.csv").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"rows.csv", "out.csv"}


def test_a_folder_of_parquet_is_scored_as_one_table(tiny, tmp_path: Path) -> None:
    for part in (1, 0):
        rows = tiny.rows.iloc[50 * part : 50 * (part + 1)]
        (folder := tmp_path / "rows" / f"day={part}").mkdir(parents=True)
        rows.to_parquet(folder / "part-0.parquet", index=False)
    config = PredictConfig(data=str(tmp_path / "rows"), out=str(tmp_path / "out.parquet"), quiet=True)
    assert predict_file(tiny.folder, config) == 100
    scored = pd.read_parquet(tmp_path / "out.parquet")
    np.testing.assert_allclose(scored["intent_strength"], tiny.probabilities, rtol=0, atol=1e-6)


def test_the_folder_that_is_read_is_not_written_to(tiny, tmp_path: Path) -> None:
    tiny.rows.to_parquet(tmp_path / "rows.parquet")
    config = PredictConfig(data=str(tmp_path), out=str(tmp_path / "out.parquet"))
    with pytest.raises(InputError, match="lies in the folder that is read"):
        predict_file(tiny.folder, config)


def test_many_chunks_keep_the_order_of_the_rows(tiny, tmp_path: Path) -> None:
    rows = pd.concat([tiny.rows] * 400, ignore_index=True)
    rows.assign(row=range(len(rows))).to_parquet(tmp_path / "rows.parquet", index=False)
    config = PredictConfig(data=str(tmp_path / "rows.parquet"), out=str(tmp_path / "out.parquet"), quiet=True)
    predict_file(tiny.folder, config)
    scored = pd.read_parquet(tmp_path / "out.parquet")
    assert scored["row"].tolist() == list(range(40_000))
    expected = np.tile(tiny.probabilities, 400)
    np.testing.assert_allclose(scored["intent_strength"], expected, rtol=0, atol=1e-6)
