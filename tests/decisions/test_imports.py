"""The room stands to the right of all others: nothing there knows of it."""

from __future__ import annotations

import re
from pathlib import Path

import intent_tf

PACKAGE = Path(intent_tf.__file__).parent


def test_only_the_verb_imports_the_room() -> None:
    outside = [path for path in PACKAGE.rglob("*.py") if "decisions" not in path.parts]
    naming = [path.name for path in outside if re.search(r"intent_tf\.decisions", path.read_text())]
    assert naming == ["decide.py"]
