"""What a plot says, for the tests of commands that draw one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def words_drawn() -> Callable[[Path], set[str]]:
    """A function that gives the texts of a plot's file.

    Matplotlib draws letters as outlines, and names each text in a comment beside them.
    """
    return lambda path: set(re.findall(r"<!-- (.+?) -->", path.read_text()))
