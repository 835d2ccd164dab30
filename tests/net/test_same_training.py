"""Today's code trains the models that version 0.1 trained, bit by bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import CASES
from same_training import COMMIT, checked_out, difference, has_commit

pytestmark = pytest.mark.slow
#: Cases with sessions, whose click-through rate may have been above 1 in version 0.1.
CHANGED = ("simulator", "rees46", "bert")


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    """Version 0.1, checked out."""
    if not has_commit(COMMIT):
        pytest.skip(f"the commit {COMMIT} of version 0.1 is not in this clone")
    with checked_out(COMMIT) as folder:
        yield folder


@pytest.mark.parametrize("name", [name for name in CASES if name not in CHANGED])
def test_training_gives_the_same_bit_by_bit(name: str, tree: Path) -> None:
    if CASES[name].missing:
        pytest.skip(CASES[name].missing)
    if CASES[name].encoder:
        pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
    assert difference(name, tree) is None
