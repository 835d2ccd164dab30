"""The house: rooms stand side by side, and each imports only from those to its left."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import intent_tf

PACKAGE = Path(intent_tf.__file__).parent
ROOMS = (
    "options",
    "data",
    "simulator",
    "text",
    "trees",
    "layers",
    "columns",
    "models",
    "training",
    "evaluation",
    "serving",
    "runs",
    "decisions",
)
#: What stands above all rooms and knows none.
ABOVE = ("errors", "nearest", "version")


def imported_by(file: Path) -> set[str]:
    """Names of the modules of this package that a file imports, without the package's own name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{file}: relative import"
            modules = [node.module]
            if node.module == "intent_tf":
                modules = [f"intent_tf.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        else:
            continue
        names |= {name.removeprefix("intent_tf.") for name in modules if name.startswith("intent_tf.")}
    return names


def test_every_folder_of_the_package_is_a_room_of_the_map() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_lives_there(room: str) -> None:
    assert ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_rooms_to_its_left(room: str) -> None:
    allowed = {*ABOVE, *ROOMS[: ROOMS.index(room) + 1]}
    for file in sorted((PACKAGE / room).rglob("*.py")):
        wrong = {name for name in imported_by(file) if name.split(".")[0] not in allowed}
        assert not wrong, f"{file.relative_to(PACKAGE)} imports {sorted(wrong)}"


def test_no_verb_imports_another() -> None:
    verbs = {path.stem for path in PACKAGE.glob("*.py")} - {*ABOVE, "__init__", "__main__"}
    for file in sorted(PACKAGE.glob("*.py")):
        shared = {name for name in imported_by(file) if name.split(".")[0] in verbs}
        assert not shared, f"{file.name} imports {sorted(shared)}"
