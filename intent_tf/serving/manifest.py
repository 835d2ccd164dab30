"""``manifest.json``: the checksums of a version folder, by which a copy that is not yet whole is told."""

import hashlib
import json
from pathlib import Path

from intent_tf.errors import InputError

FILE = "manifest.json"


def write_manifest(folder: str | Path) -> None:
    """Write the SHA-256 of all files of a version folder, by path within it; last of all."""
    folder = Path(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {path.relative_to(folder).as_posix(): _checksum(path) for path in files}
    (folder / FILE).write_text(json.dumps({"sha256": sums}, indent=1) + "\n", encoding="utf-8")


def check_manifest(folder: str | Path) -> None:
    """Refuse a version folder whose files are not those of its manifest; one without a manifest is taken.

    Raises:
        InputError: If a file is missing or another one; with its name.
    """
    folder = Path(folder)
    if not (folder / FILE).is_file():
        return  # of version 0.1, or copied without it: loading must tell
    try:
        sums = json.loads((folder / FILE).read_text(encoding="utf-8"))["sha256"]
        wrong = [name for name, checksum in sums.items() if _checksum(folder / name) != checksum]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"is not whole ({error})", file=folder) from error
    if wrong:
        raise InputError(f"is not whole: {wrong[0]} is another file than its manifest says", file=folder)


def _checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
