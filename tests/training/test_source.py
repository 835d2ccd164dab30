"""What is read of a table that a configuration names, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from intent_tf.data.file_rules import FileRules
from intent_tf.errors import InputError
from intent_tf.options.source import SourceConfig
from intent_tf.training.source import load_examples, preprocess_source


def written(folder: Path, encoding: str = "cp1252") -> SourceConfig:
    rows = [f"{word};{row};{row % 2}" for row, word in enumerate(["Müller", "Größe", "Käse", "hat"] * 10)]
    path = folder / "shop.csv"
    path.write_text("\n".join(["title;pages;bought", *rows, "cut"]), encoding=encoding)
    return SourceConfig(data=str(path), label="bought", kinds={"title": "category", "pages": "number"})


def test_how_the_file_is_written_is_learnt(tmp_path: Path) -> None:
    config = written(tmp_path)
    examples = load_examples(config, rejected=tmp_path / "rejected.csv")
    assert examples.file == FileRules("cp1252", ";")
    assert examples.rejected is not None and len(pd.read_csv(examples.rejected)) == 1
    assert preprocess_source(examples, config, seed=0).specification.file == examples.file


def test_what_was_read_and_guessed_is_told(tmp_path: Path) -> None:
    told = f"{load_examples(written(tmp_path)).facts}\n"
    for line in ("encoding: cp1252", "separator: ';'", "rows: 40", "rows rejected: 1"):
        assert f"\n  {line}\n" in told
    assert "! " in told and "--encoding NAME" in told


def test_the_encoding_that_is_given_is_taken(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the text is not UTF-8 at byte"):
        config = written(tmp_path)
        load_examples(SourceConfig(data=config.data, label="bought", encoding="utf-8"))


def test_the_rejected_rows_of_a_log_are_kept_where_it_makes_no_example(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("user_id,timestamp,event_type\nann,13.03.2024,detail\n")
    kept = tmp_path / "models" / "shop.rejected.csv"
    with pytest.raises(InputError, match=r"13\.03\.2024.*rows rejected are in .*shop\.rejected\.csv"):
        load_examples(SourceConfig(events=str(tmp_path / "log.csv")), rejected=kept)
    assert "--time-format" in pd.read_csv(kept)["remedy"][0]


def test_a_log_without_a_positive_example_tells_what_it_holds_and_keeps_what_was_rejected(
    tmp_path: Path,
) -> None:
    (tmp_path / "log.csv").write_text(
        "user_id,timestamp,event_type\nann,2024-03-13,view\nann,soon,view\nann,2024-03-13,transaction\n"
    )
    with pytest.raises(
        InputError, match=r"(?s)event type transaction: 1.*--event-types transaction=purchase"
    ):
        load_examples(SourceConfig(events=str(tmp_path / "log.csv")), rejected=tmp_path / "kept.csv")
    assert pd.read_csv(tmp_path / "kept.csv")["value"].tolist() == ["soon"]
