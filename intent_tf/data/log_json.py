"""Reads JSON files of a log: an object a line, or one array of them; what is none is told with its line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any

import numpy as np
import pyarrow as pa

from intent_tf.data.json_files import load_json
from intent_tf.data.log_text import Chunk, blocks_of_lines

Record = Mapping[str, Any]
#: Makes rows, each an event, of a record of JSON.
Unfold = Callable[[Record], Iterator[Record]]


def json_chunks(
    stream: IO[bytes], encoding: str, unfold: Unfold | None = None, expected: str = "JSON"
) -> Iterator[Chunk]:
    """Read lines of JSON objects, or one array of them; ``{"a": {"b": 1}}`` has the column ``a.b``.

    Args:
        stream: The file's bytes.
        encoding: Its encoding.
        unfold: Function that makes rows of each object.
        expected: What an object is, in words.
    """
    line = 1
    for block in _json_blocks(stream, encoding):
        yield unfolded(_records(block, line), unfold, expected)
        line += block.count(b"\n")


def unfolded(
    records: Iterable[tuple[int, Record | None, str]], unfold: Unfold | None = None, expected: str = "JSON"
) -> Chunk:
    """Make rows of records.

    Args:
        records: Line, record and text of each; None is what is no JSON.
        unfold: Function that makes rows of each; by default a record is one, with dots in nested names.
        expected: What a record is, in words.
    """
    rows: list[Record] = []
    lines: list[int] = []
    problems = []
    for number, record, text in records:
        try:
            made = [] if record is None else list(unfold(record)) if unfold else [flat(record)]
        except (AttributeError, KeyError, TypeError, ValueError):
            record = None
        if record is None:
            problems.append((number, f"not {expected}", text))
        else:
            rows += made
            lines += [number] * len(made)
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: pa.array([_written(row.get(name)) for row in rows], pa.string()) for name in names}
    return Chunk(columns, np.asarray(lines, np.int64), problems)


def flat(record: Record, above: str = "") -> dict[str, Any]:
    """Give the values of nested objects names with dots, and of a list of objects those of the first.

    Example:
        >>> flat({"event": "view", "properties": {"sku": "7", "price": {"value": "9.5"}}})
        {'event': 'view', 'properties.sku': '7', 'properties.price.value': '9.5'}
        >>> flat({"products": [{"sku": "7"}, {"sku": "8"}]})
        {'products': [{'sku': '7'}, {'sku': '8'}], 'products.0.sku': '7'}
    """
    values: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            values |= flat(value, f"{above}{name}.")
            continue
        values[above + name] = value
        if isinstance(value, list) and value and isinstance(value[0], dict):
            values |= flat(value[0], f"{above}{name}.0.")
    return values


def _written(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _json_blocks(stream: IO[bytes], encoding: str) -> Iterator[bytes]:
    """Yield blocks of lines; of a file that is one array, all of it."""
    blocks = (block for block, _ in blocks_of_lines(stream, encoding))
    first = next(blocks)
    if first.lstrip()[:1] == b"[":
        yield first + b"".join(blocks)
        return
    yield first
    yield from blocks


def _records(block: bytes, line: int) -> Iterator[tuple[int, Record | None, str]]:
    """Read records, with their lines (in an array: their numbers) and text; None is what is no JSON."""
    whole = _loaded(block) if block.lstrip()[:1] == b"[" else None
    if isinstance(whole, list) and any(isinstance(each, dict) for each in whole):
        yield from ((at, each if isinstance(each, dict) else {}, "") for at, each in enumerate(whole, line))
        return
    for number, text in enumerate(block.split(b"\n"), line):
        if text.strip():
            record = _loaded(text)
            kept = record if isinstance(record, dict) or record is None else {}
            yield number, kept, text.decode("utf-8", "replace")


def _loaded(text: bytes) -> Any:
    try:
        return load_json(text, str)
    except (ValueError, RecursionError):
        return None
