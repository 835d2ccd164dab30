"""Numbered version folders, as TF Serving watches them: written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intent_tf.errors import InputError


def versions(out: Path) -> list[int]:
    """List the versions in a folder, rising."""
    if not out.is_dir():
        return []
    return sorted(int(each.name) for each in out.iterdir() if each.is_dir() and each.name.isdecimal())


@contextmanager
def new_version(out: Path) -> Iterator[Path]:
    """Make a folder to write the next version into; it gets its number when all is written.

    Until then it is hidden from TF Serving by its name, and if writing fails it is removed.

    Args:
        out: The folder that holds the versions; created if need be.

    Yields:
        The folder to write into. Afterwards it is gone, and ``OUT/<version>/`` there.

    Raises:
        InputError: If the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        writing = out / f"writing-{os.getpid()}"
        shutil.rmtree(writing, ignore_errors=True)
        writing.mkdir()
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=out) from error
    try:
        yield writing
        writing.rename(out / str(max(versions(out), default=0) + 1))
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=out) from error
    finally:
        shutil.rmtree(writing, ignore_errors=True)
