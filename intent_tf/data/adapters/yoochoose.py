"""YooChoose (RecSys Challenge 2015): clicks and buys in two files without header lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from intent_tf.data.adapters.adapter import Adapter, csv_table
from intent_tf.errors import InputError


def _convert(paths: Sequence[Path]) -> str:
    clicks, buys = ([path for path in paths if kind in path.name] for kind in ("clicks", "buys"))
    if not clicks or not buys:
        names = ", ".join(path.name for path in paths)
        raise InputError(f"found {names}", expected="yoochoose-clicks.dat and yoochoose-buys.dat")
    return (
        "SELECT session_id, timestamp, 'detail' AS event_type, item_id, text, '' AS price, '' AS quantity "
        f"FROM {csv_table(clicks, ('session_id', 'timestamp', 'item_id', 'text'))} "
        "UNION ALL "
        "SELECT session_id, timestamp, 'purchase', item_id, '', nullif(price, '0'), nullif(quantity, '0') "
        f"FROM {csv_table(buys, ('session_id', 'timestamp', 'item_id', 'price', 'quantity'))}"
    )


YOOCHOOSE = Adapter(
    "yoochoose", "YooChoose (a folder with yoochoose-clicks.dat and -buys.dat)", convert=_convert
)
