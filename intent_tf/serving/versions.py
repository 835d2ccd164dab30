"""Numbered version folders, as TF Serving watches them: written whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intent_tf.errors import InputError
from intent_tf.serving.manifest import write_manifest


def versions(out: str | Path) -> dict[int, Path]:
    """Find the versions in a folder, rising; TF Serving reads ``00000123`` as 123, too."""
    out = Path(out)
    folders = [each for each in out.iterdir() if each.is_dir()] if out.is_dir() else []
    numbered = [(int(each.name), each) for each in folders if each.name.isascii() and each.name.isdecimal()]
    return dict(sorted(numbered))


def newest_version(out: str | Path) -> Path:
    """Find the newest version in a folder that has one."""
    return list(versions(out).values())[-1]


@contextmanager
def new_version(out: str | Path) -> Iterator[Path]:
    """Make a folder to write the next version into; it gets its number when all is written.

    Until then it is hidden from TF Serving by its name, and if writing fails it is removed.

    Args:
        out: The folder that holds the versions; created if need be.

    Yields:
        The folder to write into. Afterwards it is gone, and ``OUT/<version>/`` there.

    Raises:
        InputError: If the folder cannot be written.
    """
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        # Not named as an earlier process named its own: what that left may have become somebody's.
        with tempfile.TemporaryDirectory(dir=out, prefix="writing-") as beside:
            writing = Path(beside) / "version"
            writing.mkdir()
            yield writing
            write_manifest(writing)
            writing.rename(out / str(max(versions(out), default=0) + 1))
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=out) from error
