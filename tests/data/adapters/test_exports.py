"""The command of each page on an export runs on a file made by hand after its published schema."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from intent_tf.data.examples import Prepared
from intent_tf.prepare import main

PAGES = Path(__file__).parents[3] / "docs" / "logs"
EXPORTS = Path(__file__).parents[1] / "exports"


def prepared(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Prepared:
    """Run the command of a page where the export lies."""
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^    python -m intent_tf\.prepare ((?:.+\n)(?: {8}.+\n)*)", page, re.MULTILINE)
    shutil.copytree(EXPORTS / name, folder, dirs_exist_ok=True)
    monkeypatch.chdir(folder)
    main([*shlex.split(command), *options])
    return Prepared.read("examples")


def test_every_page_has_an_export_and_the_other_way_round() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {folder.name for folder in EXPORTS.iterdir()}


@pytest.mark.parametrize(
    ("name", "events", "sessions", "positives", "reasons"),
    [
        ("diginetica", 5, 3, 2, {}),
        ("ga4", 10, 2, 4, {}),
        ("instacart", 5, 4, 1, {}),
        ("jd", 4, 2, 2, {"no user_id": 1}),
        ("olist", 4, 4, 1, {}),
        ("otto", 5, 2, 1, {}),
        ("rees46", 4, 2, 1, {}),
        ("retailrocket", 5, 2, 2, {}),
        ("segment", 7, 2, 3, {}),
        ("shopify", 5, 4, 1, {}),
        ("snowplow", 6, 2, 2, {}),
        ("taobao", 4, 3, 1, {}),
        ("uci_online_retail", 5, 4, 1, {"no user_id": 1}),
        ("yoochoose", 5, 2, 2, {}),
    ],
)
def test_the_command_of_a_page_reads_its_export(
    name: str,
    events: int,
    sessions: int,
    positives: int,
    reasons: dict[str, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = prepared(name, tmp_path, monkeypatch)
    counts = made.counts
    assert (counts["events"], counts["sessions"], counts["positives"], made.reasons) == (
        events,
        sessions,
        positives,
        reasons,
    )
    assert counts["bot_sessions"] == 0
