"""Options that name something to read: whether it is there is checked before anything heavy is imported."""

import glob
from encodings.aliases import aliases
from functools import partial
from pathlib import Path

from intent_tf.errors import InputError
from intent_tf.nearest import nearest

#: What is expected where a table is read.
TABLE_FILE = "a .csv, .tsv, .jsonl or .parquet file (text files may be compressed: .gz)"
_LOG = "a .csv, .jsonl or .parquet file (text files may be compressed: .gz), a folder of them or a pattern"
#: What is expected where a model is read.
MODEL_FILE = "a folder that `python -m intent_tf.train` wrote, or a .keras file"
_ENCODER = "a folder of an encoder, or the name of a KerasHub preset"


def existing_file(path: str | Path, expected: str = TABLE_FILE) -> Path:
    """Return the path, if a file is there.

    Args:
        path: The file.
        expected: What is read from it, in words; by default a table.

    Raises:
        InputError: If there is none, or a folder.
    """
    file = Path(path)
    if file.is_dir():
        raise InputError("is a folder", file=file, expected=expected)
    if not file.is_file():
        raise _missing(file, "no such file", expected)
    return file


def existing_rows(path: str | Path) -> list[Path]:
    """List the files of a table: itself, or the Parquet files of a folder, in the order of their names.

    Files that others are still writing, or hide, begin with ``.`` or ``_``, or lie in such a folder.

    Raises:
        InputError: If there are none.
    """
    folder = Path(path)
    found = sorted(
        each
        for each in folder.rglob("*.parquet")
        if not any(part[0] in "._" for part in each.relative_to(folder).parts)
    )
    return found or [existing_file(path, f"{TABLE_FILE}, or a folder of .parquet files")]


def existing_log(log: str) -> None:
    """Check that there is a file, a folder, or a file that a glob pattern matches.

    Raises:
        InputError: If there is none.
    """
    matches = (Path(each) for each in glob.iglob(log, recursive=True))  # noqa: PTH207  may be absolute
    if not (Path(log).is_dir() or Path(log).is_file() or any(each.is_file() for each in matches)):
        raise _missing(Path(log), "no such file", _LOG)


def existing_model(path: str | Path) -> None:
    """Check that there is a file or folder, which may hold a model.

    Raises:
        InputError: If there is none.
    """
    if not Path(path).exists():
        raise _missing(Path(path), "no such model", MODEL_FILE)


def existing_encoder(name: str) -> None:
    """Check that there is a folder, unless it is the name of a preset or a handle such as ``hf://…``.

    Raises:
        InputError: If it is a path and there is nothing.
    """
    if "/" in name and "://" not in name and not Path(name).exists():
        raise _missing(Path(name), "no such encoder", _ENCODER)


def known_encoding(name: str) -> None:
    """Check that Python knows an encoding of texts.

    Raises:
        InputError: If it does not.

    Example:
        >>> known_encoding("shift_jis")
    """
    try:
        "".encode(name)
    except LookupError:
        hint = nearest(name, set(aliases.values()))
        raise InputError(
            f"unknown encoding {name!r}{hint}", expected="such as utf-8, cp1252, gb18030"
        ) from None


#: Metadata of a field, by what it names; `check_inputs` looks for it.
TABLE = {"check": existing_file}
ROWS = {"check": existing_rows}
LOG = {"check": existing_log}
ENCODING = {"check": known_encoding}
MODEL = {"check": existing_model}
ENCODER = {"check": existing_encoder}
SEGMENTATION = {"check": partial(existing_file, expected="the segmentation.json of an earlier run")}


def _missing(path: Path, found: str, expected: str) -> InputError:
    """Say which part of a path is the first that is not there, and what lies beside it under a like name."""
    part = path
    while not part.parent.exists():
        part = part.parent
    names = [each.name for each in part.parent.iterdir()] if part.parent.is_dir() else []
    found += "" if part == path else f", for there is no folder {str(part)!r}"
    return InputError(found + nearest(part.name, names), file=path, expected=expected)
