"""Every verb with a folder to write to: what others put there stays byte for byte, whatever happens."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.data.output_folder import MANIFEST
from intent_tf.errors import InputError
from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.options.compare import CompareConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.runs.compare import compare_models
from intent_tf.simulator.simulator import simulate
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds

BELONGINGS = (
    "thesis.txt",
    ".git/config",
    "fits/notes.txt",
    "search/notes.txt",
    "checkpoint/notes.txt",
    "examples/notes.txt",
    "variables/notes.txt",
    ".training/notes.txt",
    "1/saved_model.pb",
)
#: Command lines whose input cannot be used, without --out.
BROKEN = {
    "tune": ["tune", "--data", "table.csv", "--label", "none"],
    "compare": ["compare", "--data", "table.csv", "--label", "none"],
    "pretrain": ["pretrain", "--data", "table.csv"],
    "prepare": ["prepare", "table.csv"],
    "train": ["train", "--data", "table.csv", "--label", "none"],
    **{
        name: ["decide", name, "--log", "table.csv"]
        for name in ("advertise", "recommend", "churn", "experiment", "segment")
    },
}


def run(arguments: list[str]) -> None:
    importlib.import_module(f"intent_tf.{arguments[0]}").main(arguments[1:])


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def fill(folder: Path) -> dict[str, bytes]:
    for name in BELONGINGS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * 99)
    return content(folder)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table that no verb can use, in the folder where the verbs are called."""
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"pages": range(80), "bought": [0, 1] * 40}).to_csv("table.csv", index=False)
    return tmp_path / "table.csv"


@pytest.mark.parametrize("more", [[], ["--overwrite"]], ids=["", "overwrite"])
@pytest.mark.parametrize("verb", BROKEN)
def test_a_folder_of_others_survives_input_that_cannot_be_used(
    verb: str, more: list[str], table: Path, tmp_path: Path
) -> None:
    before = fill(tmp_path / "work")
    with pytest.raises(InputError):
        run([*BROKEN[verb], "--out", "work", *(more if verb != "train" else [])])
    assert content(tmp_path / "work") == before


@pytest.mark.parametrize("verb", [name for name in BROKEN if name != "train"])
def test_a_folder_of_others_is_refused_before_the_input_is_read(
    verb: str, table: Path, tmp_path: Path
) -> None:
    fill(tmp_path / "work")
    with pytest.raises(InputError, match=r"work: is not empty.*--overwrite"):
        run([*BROKEN[verb], "--out", "work"])


@pytest.mark.parametrize("verb", [name for name in BROKEN if name != "train"])
def test_a_link_to_a_folder_is_refused(verb: str, table: Path, tmp_path: Path) -> None:
    before = fill(tmp_path / "work")
    (tmp_path / "link").symlink_to(tmp_path / "work")
    with pytest.raises(InputError, match="is a symbolic link"):
        run([*BROKEN[verb], "--out", "link", "--overwrite"])
    assert content(tmp_path / "work") == before


@pytest.mark.parametrize("verb", BROKEN)
def test_input_that_cannot_be_used_leaves_no_folder(verb: str, table: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        run([*BROKEN[verb], "--out", "new"])
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_training_follows_no_link_for_its_checkpoints(table: Path, tmp_path: Path) -> None:
    before = fill(tmp_path / "work")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".training").symlink_to(tmp_path / "work")
    with pytest.raises(InputError, match="is a symbolic link"):
        run(["train", "--data", "table.csv", "--label", "bought", "--out", "out"])
    assert content(tmp_path / "work") == before


def test_checkpoints_of_version_0_1_are_taken_over(table: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / ".training").mkdir(parents=True)
    (tmp_path / "out" / ".training" / "config.yaml").write_text("out: out\nseed: 0\nresume: false\n")
    with pytest.raises(InputError, match="no column 'none'"):
        run([*BROKEN["train"], "--out", "out"])


def compare(table: Path, out: Path, *, label: str = "bought", overwrite: bool = False) -> None:
    config = CompareConfig(folds=2, models=("constant_rate",), out=str(out), overwrite=overwrite)
    source = SourceConfig(data=str(table), label=label)
    compare_models(source, PreprocessingConfig(), TrainingConfig(), config)


def test_a_comparison_replaces_its_own_files_only(table: Path, tmp_path: Path) -> None:
    before = fill(tmp_path / "work")
    compare(table, tmp_path / "work", overwrite=True)
    first = content(tmp_path / "work")
    pd.read_csv(table).assign(pages=range(1, 81)).to_csv(
        table, index=False
    )  # other rows: the fits do not hold any more
    compare(table, tmp_path / "work")
    second = content(tmp_path / "work")
    assert first.keys() == second.keys() and first["fits/config.yaml"] != second["fits/config.yaml"]
    assert before.items() <= first.items() and before.items() <= second.items()


def test_a_comparison_that_fails_leaves_the_one_before(table: Path, tmp_path: Path) -> None:
    compare(table, tmp_path / "work")
    before = content(tmp_path / "work")
    with pytest.raises(InputError):
        compare(table, tmp_path / "work", label="none")
    assert content(tmp_path / "work") == before


def test_a_decision_replaces_its_own_files_only(tmp_path: Path) -> None:
    before = fill(tmp_path / "work")
    simulate(60, seed=0).to_csv(tmp_path / "log.csv", index=False)
    given = ["decide", "experiment", "--log", str(tmp_path / "log.csv"), "--out", str(tmp_path / "work")]
    run([*given, "--overwrite"])
    run(given)
    after = content(tmp_path / "work")
    assert before.items() <= after.items()
    added = {"users.csv", "difference.csv", "peeking.csv", "peeking.svg"}
    assert after.keys() - before.keys() == added


@pytest.fixture
def write_encoder() -> Callable[..., None]:
    """A function that writes an encoder of one layer to a folder."""
    pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    vocabulary = (*SPECIAL, "jacket")
    network = BertTransformer(
        len(vocabulary), num_layers=1, hidden_dim=8, num_heads=2, max_sequence_length=16
    )
    return BertEncoder(network, WordPieceIds(8, vocabulary=vocabulary)).to_hub


def test_an_encoder_replaces_its_own_files_only(tmp_path: Path, write_encoder: Callable[..., None]) -> None:
    before = fill(tmp_path / "work")
    with pytest.raises(InputError, match=r"is not empty.*overwrite=True"):
        write_encoder(tmp_path / "work")
    assert content(tmp_path / "work") == before
    write_encoder(tmp_path / "work", overwrite=True)
    write_encoder(tmp_path / "work")
    assert before.items() <= content(tmp_path / "work").items()
    BertEncoder.from_preset(tmp_path / "work", max_tokens=8)


def test_an_encoder_has_a_manifest_of_all_its_files(
    tmp_path: Path, write_encoder: Callable[..., None]
) -> None:
    write_encoder(tmp_path / "encoder")
    manifest = json.loads((tmp_path / "encoder" / MANIFEST).read_text())
    assert manifest["verb"] == "to_hub" and set(manifest["files"]) == set(content(tmp_path / "encoder"))
    write_encoder(tmp_path / "encoder")
    assert set(manifest["files"]) == set(content(tmp_path / "encoder"))


@pytest.mark.parametrize("name", ["vocab.txt", "config.json", "assets/vocab.txt"])
def test_an_encoder_replaces_no_file_of_others(
    name: str, tmp_path: Path, write_encoder: Callable[..., None]
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match="is in the place of"):
        write_encoder(tmp_path, overwrite=True)
    assert content(tmp_path) == {name: b"mine"}
