"""`python -m intent_tf.predict` passes on what the model does not read, and tells what it read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from intent_tf.columns.prepared import preprocess_data
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.data.file_rules import FileRules
from intent_tf.errors import InputError
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.options.predict import PredictConfig
from intent_tf.runs.evaluate import evaluate_file
from intent_tf.runs.predict import predict_file
from intent_tf.serving.client import Client
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.specification_signature import describe, read_specification

ODD = 2**53 + 1


@pytest.fixture
def predict(tiny, tmp_path: Path):
    """A function that scores a file and returns the path of what it wrote."""

    def predicted(data: Path, name: str = "out.csv", **options: object) -> Path:
        predict_file(tiny.folder, PredictConfig(data=str(data), out=str(tmp_path / name), **options))
        return tmp_path / name

    return predicted


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def test_columns_that_the_model_does_not_read_stay_as_they_are_in_parquet(predict, tiny, tmp_path) -> None:
    table = pa.Table.from_pandas(tiny.rows, preserve_index=False).replace_schema_metadata()
    others = {
        "order_id": pa.array([ODD, None] * 50),
        "moment": pa.array([1, None] * 50, pa.timestamp("ns", "UTC")),
        "price": pa.array([1, None] * 50).cast(pa.decimal128(30, 2)),
        "events": pa.array([None] * 99 + [["view"]], pa.list_(pa.string())),
        "device": pa.array(["phone", None] * 50).dictionary_encode(),
    }
    for name, values in others.items():
        table = table.append_column(name, values)
    pa.parquet.write_table(table, tmp_path / "rows.parquet")
    out = pa.parquet.read_table(predict(tmp_path / "rows.parquet", "out.parquet"))
    np.testing.assert_allclose(out["intent_strength"], tiny.probabilities, rtol=0, atol=1e-6)
    assert out.drop_columns("intent_strength").equals(table)


def test_cells_that_the_model_does_not_read_keep_their_characters(predict, tmp_path: Path) -> None:
    text = "order_id,page views,标题,day,note\n007,3,red,01/02/26,NA\n9007199254740993,4,blue,,1.10\n"
    lines = predict(written(tmp_path / "rows.csv", text)).read_text(encoding="utf-8").splitlines()
    assert [line.rsplit(",", 1)[0] for line in lines] == text.splitlines()


def test_json_objects_keep_their_values(predict, tmp_path: Path) -> None:
    rows = [
        {"id": ODD, "page views": 3, "标题": "red", "x": {"a": [None]}},
        {"page views": 4, "标题": "x"},
    ]
    data = written(tmp_path / "rows.jsonl", "\n".join(map(json.dumps, rows)))
    lines = predict(data, "out.jsonl").read_text(encoding="utf-8").splitlines()
    scored = [json.loads(line) for line in lines]
    assert all(0 <= each.pop("intent_strength") <= 1 for each in scored) and scored == rows


def test_a_column_of_the_same_name_is_never_overwritten(predict, tmp_path: Path) -> None:
    data = written(tmp_path / "rows.csv", "page views,标题,intent_strength\n3,red,old\n")
    with pytest.raises(InputError, match=r"column 'intent_strength': .*would be lost. .*--name COLUMN"):
        predict(data)
    assert not (tmp_path / "out.csv").exists()


def test_the_new_column_can_have_another_name(tiny, tmp_path: Path) -> None:
    data = written(tmp_path / "rows.csv", "page views,标题,intent_strength\n3,red,old\n")
    config = PredictConfig(data=str(data), out=str(tmp_path / "out.csv"), name="strength")
    predict_file(tiny.folder, config)
    assert list(pd.read_csv(tmp_path / "out.csv")) == ["page views", "标题", "intent_strength", "strength"]


def test_all_columns_that_are_missing_are_named_with_the_nearest(predict, tmp_path: Path) -> None:
    data = written(tmp_path / "rows.csv", "Page Views,x\n3,red\n")
    with pytest.raises(InputError, match=r"no columns 'page views' \(did you mean 'Page Views'\?\), '标题'"):
        predict(data)


def test_a_wrong_value_is_told_with_its_row_in_the_file(
    predict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predict(written(tmp_path / "rows.csv", "page views,标题\n3,red\nbroken\nmany,red\n"))
    assert (
        "rows.csv, column 'page views': what is no number is missing, such as 'many' in row 4"
        in capsys.readouterr().out
    )


def test_the_facts_are_told(predict, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "id;page views;标题\n" + "1;3;red\n" * 6 + "2;;green\n" * 4 + "3\n"
    predict(written(tmp_path / "rows.csv", text))
    told = capsys.readouterr().out
    for line in (
        "encoding: utf-8",
        "separator: ';'",
        "rows: 10",
        "rows rejected: 1",
        "missing cells: page views 40.0 %",
        "unknown categories: 标题 40.0 %",
        "columns not read: id",
        "! 40.0 % of the cells of 'page views' are missing, 0.0 % in training",
        "! 40.0 % of the cells of '标题' are unknown categories, 0.0 % in training",
    ):
        assert f"\n  {line}\n" in told


def test_warnings_are_told_also_in_quiet(predict, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = predict(written(tmp_path / "rows.csv", "page views,标题\n3,绿色\n", "gb18030"), quiet=True)
    captured = capsys.readouterr()
    assert captured.out == f"{out}\n" and "--encoding NAME" in captured.err


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_an_encoding_that_is_given_is_taken(predict, tmp_path: Path, encoding: str) -> None:
    data = written(tmp_path / "rows.csv", "page views,标题\n3,帽子\n", encoding)
    assert "帽子" in predict(data, encoding=encoding).read_text(encoding="utf-8")


def test_rows_none_of_which_can_be_read_are_told_with_the_reason(predict, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no row can be read: found 1 fields, expected 2 in 2 of 2, .*'a'"):
        predict(written(tmp_path / "rows.csv", "page views,标题\na\nb\n"))


def test_evaluate_tells_the_facts(tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny.rows.assign(id=1).replace({"标题": {"red": "green"}}).to_csv(tmp_path / "rows.csv", index=False)
    evaluate_file(tiny.folder, EvaluateConfig(data=str(tmp_path / "rows.csv"), label="bought", threshold=0.5))
    told = capsys.readouterr().out
    assert "  unknown categories: 标题 50.0 %\n  columns not read: id\n" in told


def test_the_model_tells_how_its_table_was_written_and_what_it_held(tiny) -> None:
    specification = replace(tiny.model.preprocessor.specification, file=FileRules("cp1252", ";", ("?",)))
    told = read_specification(describe(_with(tiny.model.preprocessor, specification)))
    assert told.file == specification.file and told.seen == specification.seen
    assert set(told.seen["标题"].categories) == {"red", "blue"}


def _with(preprocessor: Preprocessor, specification) -> Preprocessor:
    copy = Preprocessor.from_config(preprocessor.get_config())
    copy.specification = specification
    return copy


def test_the_saved_model_tells_the_same(tiny) -> None:
    assert ServedModel(tiny.folder).specification.seen == tiny.model.preprocessor.specification.seen


def test_a_client_is_told_alike(events, rest_url) -> None:
    assert Client(rest_url).specification.seen == events.model.preprocessor.specification.seen


@pytest.fixture(scope="module")
def learnt(tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose training table was written in GB18030, with semicolons and decimal commas."""
    rules = FileRules("gb18030", ";")
    rows = tiny.rows.assign(**{"page views": [f"{number},5" for number in range(100)]})
    kinds = {"page views": "number", "标题": "category"}
    data = preprocess_data(rows, "bought", kinds=kinds, file_rules=rules)
    model = build_model(data, build_feature_extractor(data), build_predictor(ensemble_size=1))
    export_saved_model(model, folder := tmp_path_factory.mktemp("learnt") / "1")
    return folder


@pytest.mark.parametrize(
    ("encoding", "separator", "warnings"),
    [
        ("gb18030", ";", 0),
        ("utf-8", ";", 1),
        ("utf-16", ",", 2),
    ],
)
def test_a_table_is_read_as_the_training_table_was_or_it_is_told(
    learnt: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    encoding: str,
    separator: str,
    warnings: int,
) -> None:
    text = 'page views;标题\n"3,5";red\n"4,5";blue\n'.replace(";", separator)
    data = written(tmp_path / "rows.csv", text, encoding)
    predict_file(learnt, PredictConfig(data=str(data), out=str(tmp_path / "out.csv")))
    assert capsys.readouterr().out.count(" than training had: ") == warnings
