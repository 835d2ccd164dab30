"""Several Parquet files are one table, whatever wrote them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from intent_tf.data.parquet_files import ParquetFiles
from intent_tf.data.tables import TableFile
from intent_tf.errors import InputError


def write(path: Path, **columns: list[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pa.parquet.write_table(pa.table(columns), path)
    return path


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    write(tmp_path / "day=2" / "part-0.parquet", pages=[3])
    write(tmp_path / "day=1" / "part-1.parquet", pages=[2])
    write(tmp_path / "day=1" / "part-0.parquet", pages=[1])
    frame = TableFile(tmp_path).frame()
    assert frame["pages"].tolist() == [1, 2, 3]
    assert frame.index.tolist() == [1, 2, 3]


def test_what_spark_hides_or_is_writing_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "part-0.parquet", pages=[1])
    for hidden in (".part-1.parquet", "_metadata.parquet", "_temporary/0/part-2.parquet"):
        write(tmp_path / hidden, pages=[9])
    assert TableFile(tmp_path).frame()["pages"].tolist() == [1]


def test_files_of_few_rows_make_chunks_of_many(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{part}.parquet", pages=[part] * 3) for part in range(5)]
    tables = ParquetFiles(paths, "pages").tables(7)
    assert [len(each) for each in tables] == [7, 7, 1]


def test_a_column_that_a_file_lacks_is_null_and_its_type_the_widest(tmp_path: Path) -> None:
    write(tmp_path / "0.parquet", pages=[1])
    write(tmp_path / "1.parquet", pages=[1.5], month=["May"])
    frame = TableFile(tmp_path).frame()
    assert frame["pages"].tolist() == [1.0, 1.5]
    assert frame["month"].isna().tolist() == [True, False]


def test_types_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "0.parquet", pages=[1])
    write(tmp_path / "1.parquet", pages=["many"])
    with pytest.raises(InputError, match="columns of different types"):
        TableFile(tmp_path).frame()


def test_a_folder_without_parquet_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"pages": [1]}).to_csv(tmp_path / "a.csv")
    with pytest.raises(InputError, match=r"is a folder; expected .* or a folder of \.parquet files"):
        TableFile(tmp_path)
