"""README and docs keep what they promise: their Python runs, links lead to files, and options exist."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from intent_tf.decide import DECISIONS
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.models.bert import BertEncoder
from intent_tf.simulator.simulator import simulate
from intent_tf.text.wordpiece import WordPieceIds
from intent_tf.train import main as train

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
VERBS = ("train", "prepare", "compare", "tune", "evaluate", "predict", "pretrain", "launch", "serve")
COMMANDS = [*((verb,) for verb in VERBS), *(("decide", name) for name in DECISIONS)]
#: Options of programs that are not ours: SLURM's srun, and the benchmarks.
FOREIGN = {"--ntasks", "--quick", "--quality"}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text(page), re.MULTILINE | re.DOTALL)


def run_blocks(page: Path, names: dict[str, Any]) -> None:
    for block in python_blocks(page):
        exec(compile(block, page.name, "exec"), names)


def options_of(command: tuple[str, ...]) -> set[str]:
    """Options that the help of a command lists."""
    main = importlib.import_module(f"intent_tf.{command[0]}").main
    output = io.StringIO()
    for help_option in ("--help", "--help-all"):
        with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
            main([*command[1:], help_option])
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", output.getvalue()))


@pytest.fixture(scope="module")
def readme_names() -> dict[str, Any]:
    """What README's Python leaves behind: its own lines, but with fewer sessions and epochs."""
    names: dict[str, Any] = {}
    for block in python_blocks(README):
        smaller = block.replace("sessions=2000", "sessions=300").replace("epochs=5", "epochs=1")
        assert smaller != block
        exec(compile(smaller, README.name, "exec"), names)
    return names


@pytest.fixture(scope="module")
def known_options() -> set[str]:
    return {"--help", "--help-all", *FOREIGN}.union(*map(options_of, COMMANDS))


def test_the_readme_has_at_most_a_thousand_words() -> None:
    assert len(text(README).split()) <= 1000


@pytest.mark.parametrize(
    "command",
    ["pip install -e . && python -m intent_tf.train", "pip install -e '.[test]' && python -m pytest"],
)
def test_the_readme_has_each_of_the_two_commands_on_a_line_of_its_own(command: str) -> None:
    assert f"$ {command}" in text(README).splitlines()


def test_the_readmes_python_trains_a_model_that_predicts_probabilities(readme_names: dict[str, Any]) -> None:
    probabilities = readme_names["model"].predict(readme_names["data"].test.frame)
    assert ((probabilities > 0) & (probabilities < 1)).all()


@pytest.mark.parametrize(
    "page",
    [
        "data.md",
        "text.md",
        *(pytest.param(page, marks=pytest.mark.guard) for page in ("serving.md", "trees.md")),
    ],
)
def test_the_python_of_a_page_runs_after_that_of_the_readme(
    page: str, readme_names: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_blocks(ROOT / "docs" / page, dict(readme_names))


def test_the_python_of_the_page_on_bert_runs_on_an_encoder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    subwords = WordPieceIds(vocabulary=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hat", "##s"])
    BertEncoder(BertTransformer(7, num_layers=1, hidden_dim=8, num_heads=2), subwords).to_hub(
        "saved_models/encoder"
    )
    run_blocks(ROOT / "docs" / "bert.md", {})


@pytest.mark.slow
def test_the_readmes_command_trains_on_the_log_of_retailrocket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [command] = re.findall(r"`python -m intent_tf\.train (--events [^`]+)`", text(README))
    log = simulate(150, seed=0)
    theirs = {"detail": "view", "cart": "addtocart", "purchase": "transaction"}
    pd.DataFrame(
        {
            "timestamp": log["timestamp"].astype("datetime64[ms, UTC]").astype("int64"),
            "visitorid": log["user_id"],
            "event": log["event_type"].map(theirs),
            "itemid": log["item_id"],
            "transactionid": "",
        }
    ).dropna(subset="event").to_csv(tmp_path / "events.csv", index=False)
    monkeypatch.chdir(tmp_path)
    version = train([*shlex.split(command), "--epochs", "1", "--quiet"])
    assert (version / "saved_model.pb").is_file()


def test_no_page_has_python_that_is_not_run() -> None:
    run = {"README.md", "data.md", "serving.md", "text.md", "trees.md", "bert.md"}
    assert {page.name for page in PAGES if python_blocks(page)} <= run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text(page))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_options_that_a_page_names_are_known_to_a_command(page: Path, known_options: set[str]) -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text(page)))
    assert named <= known_options


def test_the_index_of_the_documentation_names_every_page() -> None:
    listed = set(re.findall(r"\]\((\w+\.md)\)", text(ROOT / "docs" / "README.md")))
    assert listed == {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
