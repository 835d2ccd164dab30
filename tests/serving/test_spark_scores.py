"""Spark scores as one machine does, and each row once, also where a Python process is killed."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.output_folder import MANIFEST
from intent_tf.data.tables import TableFile
from intent_tf.errors import InputError
from intent_tf.options.predict import PredictConfig
from intent_tf.runs.predict import predict_file

pytestmark = pytest.mark.guard
if importlib.util.find_spec("pyspark") is None:
    pytest.skip("needs pyspark: pip install 'intent_tf[spark]'", allow_module_level=True)
if shutil.which("java") is None:
    pytest.skip("needs a Java runtime (17 or later) for Spark", allow_module_level=True)


@pytest.fixture(scope="module", autouse=True)
def spark() -> Iterator[None]:
    """A session that all tests share, since starting one takes long."""
    from intent_tf.data.engines.spark_session import spark_session

    with spark_session("local[2,4]", {"spark.driver.memory": "1g"}) as session:
        type(session)._activeSession = session
        yield


@pytest.fixture
def data(events, tmp_path: Path) -> Path:
    """Rows of sessions in two part files, with a column that no model reads."""
    rows = pd.concat([events.rows] * 3, ignore_index=True)
    rows = rows.assign(row=range(len(rows)))
    for part in range(2):
        (folder := tmp_path / "rows" / f"day={part}").mkdir(parents=True)
        rows.iloc[part::2].to_parquet(folder / "part-0.parquet", index=False)
    return tmp_path / "rows"


def config(data: Path, **options: object) -> PredictConfig:
    return PredictConfig(data=str(data), out=str(data.parent / "scored"), engine="spark", **options)


def scored(data: Path) -> pd.DataFrame:
    return pd.read_parquet(sorted((data.parent / "scored").glob("*.parquet"))).sort_values("row")


def kill_a_python_process(folder: Path, killed: list[int]) -> None:
    """Kill a process in which Spark runs Python, while a task of it writes."""
    while not any(folder.rglob("_temporary/*/_temporary/*/*.parquet")):
        time.sleep(0.02)
    while not killed:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
                parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
                above = Path("/proc", parent, "cmdline").read_bytes()
            except OSError:
                continue
            if b"pyspark.daemon" in command and b"pyspark.daemon" in above:
                os.kill(int(process.name), signal.SIGKILL)
                killed.append(int(process.name))
                return
        time.sleep(0.02)


def test_a_killed_process_loses_no_row_and_scores_none_twice(events, data: Path) -> None:
    killed: list[int] = []
    killer = threading.Thread(target=kill_a_python_process, args=(data.parent, killed), daemon=True)
    killer.start()
    rows = predict_file(events.folder, config(data))
    killer.join(10)
    assert killed
    table = scored(data)
    assert rows == len(table) == 3 * len(events.rows)
    assert table["row"].tolist() == list(range(rows))
    expected = np.tile(events.model.predict(events.rows), 3)
    np.testing.assert_allclose(table["intent_strength"], expected, rtol=0, atol=1e-6)


def test_the_facts_are_those_of_one_machine(events, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    predict_file(events.folder, config(data))
    on_spark = capsys.readouterr().out.splitlines()
    options = PredictConfig(data=str(data), out=str(data.parent / "scored.parquet"))
    predict_file(events.folder, options)
    here = capsys.readouterr().out.splitlines()
    assert on_spark[:-2] == here[:-2]
    assert "rows/s" in on_spark[-2]
    columns = pd.read_parquet(options.out).sort_values("row", ignore_index=True)
    pd.testing.assert_frame_equal(scored(data).reset_index(drop=True), columns, rtol=0, atol=1e-6)


def test_a_second_run_takes_the_place_of_the_first_and_of_nothing_else(tiny, tmp_path: Path) -> None:
    tiny.rows.assign(row=range(100)).to_parquet(tmp_path / "rows.parquet", index=False)
    for part in (1, 2):
        predict_file(tiny.folder, config(tmp_path / "rows.parquet"))
        (tmp_path / "scored" / f"note {part}.txt").write_text("mine")
        # What a run that was killed leaves behind.
        (left := tmp_path / "scored" / ".writing-1" / "result").mkdir(parents=True, exist_ok=True)
        (left / "part-0.parquet").write_text("half")
    assert len(scored(tmp_path / "rows.parquet")) == 100
    own = json.loads((tmp_path / "scored" / MANIFEST).read_text())["files"]
    assert {path.name for path in (tmp_path / "scored").iterdir()} == {
        MANIFEST,
        "note 1.txt",
        "note 2.txt",
        ".writing-1",
        *own,
    }
    assert len(TableFile(tmp_path / "scored").frame()) == 100


def test_a_folder_of_others_is_refused(tiny, tmp_path: Path) -> None:
    tiny.rows.to_parquet(tmp_path / "rows.parquet", index=False)
    (tmp_path / "scored").mkdir()
    (tmp_path / "scored" / "mine.parquet").write_text("mine")
    with pytest.raises(InputError, match="predict did not write the files"):
        predict_file(tiny.folder, config(tmp_path / "rows.parquet"))
    assert (tmp_path / "scored" / "mine.parquet").read_text() == "mine"


def test_a_value_that_does_not_fit_is_told_and_nothing_is_written(tiny, tmp_path: Path) -> None:
    rows = tiny.rows.assign(**{"page views": [["a list"]] * 100})
    rows.to_parquet(tmp_path / "rows.parquet", index=False)
    with pytest.raises(InputError, match=r"rows\.parquet: .*column 'page views'.*found"):
        predict_file(tiny.folder, config(tmp_path / "rows.parquet"))
    assert not (tmp_path / "scored").exists()
