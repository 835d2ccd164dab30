"""A verb answers at once where no model is needed, and says nothing that is not its own."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from intent_tf.__main__ import VERBS
from intent_tf.data.adapters import ADAPTERS
from intent_tf.data.datasets import DATASETS
from intent_tf.options.source import AdapterName, DatasetName

HEAVY = ("tensorflow", "keras", "pandas", "pyarrow", "sklearn", "matplotlib")
PROBE = f"""
import sys
from intent_tf.__main__ import main
try:
    main(sys.argv[1:])
except (SystemExit, Exception) as end:
    print(end)
print("imported:", [name for name in {HEAVY!r} if name in sys.modules])
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a verb is run in, with a table and what may be a model."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "visits.csv").write_text("a,bought\n1,0\n")
    (tmp_path / "model").mkdir()
    return tmp_path


def answer(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "--help"], "examples:"),
        (["train", "--bogus"], "unknown option '--bogus'"),
        (["decide", "churn", "--help"], "--log"),
        (["prepare", "--help"], "--prediction-times"),
        (["train", "--dataset", "online_shopers"], "did you mean 'online_shoppers'?"),
        (["pretrain", "--dataset", "waimei"], "did you mean 'waimai'?"),
        (["decide", "churn", "--adapter", "rees64"], "did you mean 'rees46'?"),
        (["prepare", "log.csv", "--adapter", "rees64"], "did you mean 'rees46'?"),
        ([], "from data to a calibrated model"),
    ],
)
def test_nothing_heavy_is_imported_for_it(arguments: list[str], says: str) -> None:
    output = answer(*arguments)
    assert says in output
    assert "imported: []" in output


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--label", "bought", "--data", "{}"],
        ["train", "--test-data", "{}"],
        ["train", "--events", "{}"],
        ["train", "--teacher", "{}"],
        ["train", "--teacher", "model", "--unlabelled", "{}"],
        ["train", "--encoder", "{}"],
        ["train", "--config", "{}"],
        ["compare", "--events", "{}"],
        ["tune", "--events", "{}"],
        ["pretrain", "--events", "{}"],
        ["pretrain", "--data", "{}"],
        ["pretrain", "--encoder", "{}"],
        ["prepare", "{}"],
        ["predict", "model", "--data", "{}", "--out", "x.csv"],
        ["predict", "{}", "--data", "visits.csv", "--out", "x.csv"],
        ["evaluate", "model", "--data", "{}"],
        ["evaluate", "{}", "--data", "visits.csv"],
        ["serve", "{}"],
        ["decide", "churn", "--log", "{}"],
        ["decide", "policy", "--actions", "{}"],
        ["decide", "recommend", "--catalogue", "{}"],
        ["decide", "segment", "--assign-with", "{}"],
    ],
    ids=" ".join,
)
def test_what_is_read_and_not_there_is_missed_at_once(arguments: list[str], folder: Path) -> None:
    missing = str(folder / "visit.csv")
    output = answer(*(each.format(missing) for each in arguments))
    assert f"{missing}: no such" in output and "did you mean 'visits.csv'?" in output
    assert "imported: []" in output


def test_the_data_sets_that_options_know_are_those_that_there_are() -> None:
    assert set(get_args(DatasetName)) == set(DATASETS)


def test_the_adapters_that_options_know_are_those_that_there_are() -> None:
    assert set(get_args(AdapterName)) == set(ADAPTERS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_a_module_with_a_main(verb: str) -> None:
    assert callable(importlib.import_module(f"intent_tf.{verb}").main)


def test_help_shows_the_options_that_most_people_need_and_help_all_the_rest() -> None:
    shown, everything = answer("train", "--help"), answer("train", "--help-all")
    assert shown.count("\n  --") <= 31 and "--ema-momentum" not in shown
    assert everything.count("\n  --") <= 80 and "--ema-momentum" in everything


def test_what_tensorflow_prints_at_its_start_does_not_reach_the_terminal(folder: Path) -> None:
    command = [sys.executable, "-m", "intent_tf.evaluate", "model", "--data", "visits.csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: model: holds no model") and done.stderr.count("\n") == 1
