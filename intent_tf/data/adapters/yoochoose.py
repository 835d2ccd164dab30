"""YooChoose (RecSys Challenge 2015): clicks and buys in two files without header lines."""

from collections.abc import Sequence
from pathlib import Path

from intent_tf.data.adapters.adapter import Adapter
from intent_tf.data.log_file import FileKind
from intent_tf.errors import InputError

_KINDS = {
    "clicks": FileKind(("session_id", "timestamp", "item_id", "text"), {"event_type": "detail"}),
    "buys": FileKind(
        ("session_id", "timestamp", "item_id", "price", "quantity"), {"event_type": "purchase"}, missing="0"
    ),
}


def _kinds(paths: Sequence[Path]) -> dict[Path, FileKind]:
    found = {path: next((name for name in _KINDS if name in path.name), "") for path in paths}
    if {*found.values()} - {""} != {*_KINDS}:
        names = ", ".join(path.name for path in paths)
        raise InputError(f"found {names}", expected="yoochoose-clicks.dat and yoochoose-buys.dat")
    return {path: _KINDS[name] for path, name in found.items() if name}


YOOCHOOSE = Adapter("yoochoose", "YooChoose (a folder with yoochoose-clicks.dat and -buys.dat)", kinds=_kinds)
