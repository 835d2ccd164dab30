"""What predict reads it writes as it was: types, whole numbers, cells."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from intent_tf.data.json_files import arrow_table
from intent_tf.data.table_writer import TableWriter, with_column
from intent_tf.data.tables import TableFile

ODD = 2**53 + 1
TYPED = pa.table(
    {
        "order_id": pa.array([ODD, None], pa.int64()),
        "small": pa.array([1, None], pa.uint8()),
        "day": [datetime.date(2026, 11, 24), None],
        "moment": pa.array([1, None], pa.timestamp("ns", "UTC")),
        "price": [Decimal("9.50"), None],
        "share": pa.array([0.1, None], pa.float32()),
        "bought": [True, None],
        "events": pa.array([None, ["view"]], pa.list_(pa.string())),
        "device": pa.array(["phone", None]).dictionary_encode(),
        "place": [{"city": "Köln"}, None],
        "note": ['x, "y"', ""],
    }
)


def passed(source: Path, target: Path, rows: int = 65_536) -> Path:
    """Read a file and write it, as predict does."""
    file = TableFile(source)
    with TableWriter(target, file.schema) as writer:
        for chunk in file.chunks(rows):
            writer.write(chunk.rows)
    return target


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    pa.parquet.write_table(TYPED, tmp_path / "typed.parquet")
    return tmp_path / "typed.parquet"


def test_parquet_keeps_types_and_values(typed: Path, tmp_path: Path) -> None:
    assert pa.parquet.read_table(passed(typed, tmp_path / "out.parquet")).equals(TYPED)


def test_a_list_column_that_is_null_in_the_first_chunk_is_written(tmp_path: Path) -> None:
    table = pa.table({"events": pa.array([None, None, ["view"]], pa.list_(pa.string()))})
    pa.parquet.write_table(table, tmp_path / "rows.parquet")
    passed(tmp_path / "rows.parquet", tmp_path / "out.parquet", rows=1)
    assert pa.parquet.read_table(tmp_path / "out.parquet").equals(table)


def test_json_objects_without_a_list_in_the_first_chunk_become_parquet(tmp_path: Path) -> None:
    objects = [{"id": 1}, {"id": ODD, "events": None}, {"id": None, "events": ["view"], "x": 1.5}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, objects)))
    passed(tmp_path / "rows.jsonl", tmp_path / "out.parquet", rows=1)
    assert pa.parquet.read_table(tmp_path / "out.parquet").to_pylist() == [
        {"id": 1, "events": None, "x": None},
        {"id": ODD, "events": None, "x": None},
        {"id": None, "events": ["view"], "x": 1.5},
    ]


@pytest.mark.parametrize("mixed", [[1, "x"], ["x", 1], [2**70, 1], [[1], "x"], [{"a": 1}, [2]], [ODD, 0.5]])
@pytest.mark.parametrize("rows", [1, 2])
def test_values_without_a_common_type_become_text_in_parquet(
    tmp_path: Path, mixed: list[object], rows: int
) -> None:
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps({"v": each}) for each in mixed))
    passed(tmp_path / "rows.jsonl", tmp_path / "out.parquet", rows)
    texts = [each if isinstance(each, str) else json.dumps(each) for each in mixed]
    assert pa.parquet.read_table(tmp_path / "out.parquet")["v"].to_pylist() == texts


def test_whole_numbers_that_no_float_holds_are_refused_where_floats_belong() -> None:
    with pytest.raises(pa.ArrowInvalid, match=r"column 'v': whole numbers that no float holds"):
        arrow_table([{"v": ODD}], pa.schema([("v", pa.float64())]))


def test_json_objects_stay_as_they_are(tmp_path: Path) -> None:
    objects = [{"id": ODD, "deep": {"a": [1, None, 2.5]}, "text": "Köln"}, {"other": 2**70, "id": None}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, objects)))
    written = passed(tmp_path / "rows.jsonl", tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert list(map(json.loads, written.splitlines())) == objects


def test_cells_of_a_csv_file_keep_their_characters(tmp_path: Path) -> None:
    text = 'id,price,note\n007,"1,50",NA\n9007199254740993,1.10," ""x"" "\n,1e400,帽子\n'
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    assert passed(tmp_path / "rows.csv", tmp_path / "out.csv").read_text(encoding="utf-8") == text


def test_typed_columns_become_texts_that_hold_them(typed: Path, tmp_path: Path) -> None:
    header, first, second = passed(typed, tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert header == "order_id,small,day,moment,price,share,bought,events,device,place,note"
    assert first.startswith(f"{ODD},1,2026-11-24,1970-01-01 00:00:00")
    assert first.endswith(',9.50,0.1,True,,phone,"{""city"": ""Köln""}","x, ""y"""')
    assert second == ',,,,,,,"[""view""]",,,'


def test_typed_columns_become_json(typed: Path, tmp_path: Path) -> None:
    first = json.loads(passed(typed, tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first["order_id"] == ODD and first["day"] == "2026-11-24" and first["price"] == "9.50"
    assert first["place"] == {"city": "Köln"} and first["events"] is None and first["bought"] is True


def test_json_has_no_nan(tmp_path: Path) -> None:
    table = pa.table({"price": [float("nan"), float("inf")], "prices": [[float("nan")], []]})
    with TableWriter(tmp_path / "out.jsonl", table.schema) as writer:
        writer.write(table)
    assert (tmp_path / "out.jsonl").read_text().splitlines() == [
        '{"price": null, "prices": [null]}',
        '{"price": null, "prices": []}',
    ]


@pytest.mark.parametrize("rows", [TYPED, TYPED.to_pylist()])
def test_a_column_of_float32_is_written_short(rows: object, tmp_path: Path) -> None:
    more = with_column(rows, "strength", np.array([0.1, 1e-7], np.float32))  # type: ignore[arg-type]
    schema = TYPED.schema.append(pa.field("strength", pa.float32()))
    with TableWriter(tmp_path / "out.csv", schema) as writer:
        writer.write(more)
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert [line.rsplit(",", 1)[1] for line in lines] == ["strength", "0.1", "1e-07"]
