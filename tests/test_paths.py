"""A path may be given as text to every public function; mypy then sees that each makes a `Path` of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import intent_tf

PACKAGE = Path(intent_tf.__file__).parent
FILES = {str(file.relative_to(PACKAGE)): file for file in sorted(PACKAGE.rglob("*.py"))}


def is_given_folder(function: ast.FunctionDef) -> bool:
    """Whether a decorator gives it the folder, so that nobody else does."""
    return any("writes_results" in ast.unparse(decorator) for decorator in function.decorator_list)


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        for each in [node, *(node.body if isinstance(node, ast.ClassDef) else ())]:
            if (
                isinstance(each, ast.FunctionDef)
                and not each.name.startswith("_")
                and not is_given_folder(each)
            ):
                yield each


@pytest.mark.parametrize("name", FILES)
def test_a_path_may_be_given_as_text(name: str) -> None:
    for function in public_functions(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        for argument in (*function.args.args, *function.args.kwonlyargs):
            taken = ast.unparse(argument.annotation).split(" | ") if argument.annotation else []
            assert "Path" not in taken or "str" in taken, f"{function.name}({argument.arg})"
