"""JSON files of objects: one a line, or all in one array."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from intent_tf.data.csv_files import Rejected
from intent_tf.data.encodings import Encoding, opened, without_halves

JsonObject = dict[str, Any]


def json_objects(
    path: str | Path, encoding: Encoding, rejected: Rejected
) -> Iterator[tuple[int, JsonObject]]:
    """Yield objects, each beside its line or its number in the array.

    Args:
        path: The file; it may end in ``.gz``. An array is read whole.
        encoding: The encoding of its text.
        rejected: Takes what is no object.
    """
    for number, text in _texts(Path(path), encoding):
        try:
            # Bytes that are not UTF-8 are brought back, so that the reason tells them.
            value = load_json(text.encode("utf-8", "surrogateescape")) if isinstance(text, str) else text
            reason = "not a JSON object"
        except json.JSONDecodeError as error:
            value, reason = None, f"not JSON ({error.msg})"
        except UnicodeDecodeError as error:
            value, reason = None, f"not UTF-8 ({error.reason})"
        if isinstance(value, dict):
            yield number, value
        else:
            shown = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
            plain = shown.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            rejected.rows.append((number, reason, plain.rstrip("\r\n")))


def load_json(text: bytes, number: Callable[[str], Any] | None = None) -> Any:
    """Read JSON; a half of a character in its texts is replaced.

    Args:
        text: The JSON, in UTF-8.
        number: Function that reads its numbers. Default: they become ``int`` and ``float``.

    Raises:
        ValueError: If it is no JSON, or not UTF-8.
    """
    value = json.loads(text, parse_float=number, parse_int=number, parse_constant=number)
    return _without_halves(value) if b"\\u" in text else value


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return without_halves(value)
    if isinstance(value, list):
        return [_without_halves(each) for each in value]
    if isinstance(value, dict):
        return {without_halves(name): _without_halves(each) for name, each in value.items()}
    return value


def arrow_schema(chunks: Iterator[list[JsonObject]]) -> pa.Schema:
    """Find the types under which all objects fit in one table; what has none becomes text.

    Args:
        chunks: The objects.
    """
    types: dict[str, pa.DataType] = {}
    for objects in chunks:
        for name in dict.fromkeys(name for each in objects for name in each):
            try:
                found = pa.array([each.get(name) for each in objects]).type
                pair = [pa.schema([("", each)]) for each in (types.get(name, pa.null()), found)]
                types[name] = pa.unify_schemas(pair, promote_options="permissive").field(0).type
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
                types[name] = pa.string()
    return pa.schema(list(types.items()))


def arrow_table(objects: list[JsonObject], schema: pa.Schema) -> pa.Table:
    """Make a table of objects, of a schema that `arrow_schema` found; nested values in texts stay JSON."""
    columns = []
    for field in schema:
        values = [each.get(field.name) for each in objects]
        if pa.types.is_string(field.type):
            values = [each if each is None or isinstance(each, str) else json.dumps(each) for each in values]
        elif pa.types.is_floating(field.type) and any(map(_is_inexact, values)):
            raise pa.ArrowInvalid(f"column {field.name!r}: whole numbers that no float holds")
        columns.append(pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _is_inexact(value: Any) -> bool:
    return type(value) is int and float(value) != value


def _texts(path: Path, encoding: Encoding) -> Iterator[tuple[int, Any]]:
    """Yield the lines that are not blank, as text, or the entries of the array."""
    errors = "surrogateescape" if encoding.name == "utf-8" else "replace"
    with io.TextIOWrapper(opened(path), encoding.name, errors, newline="\n") as text:
        head = ""
        for number, line in enumerate(text, start=1):
            line = line.removeprefix("\ufeff") if number == 1 else line
            if not head and (head := line.lstrip()[:1]) == "[":
                line += text.read()
                with suppress(ValueError):
                    entries = load_json(line.encode("utf-8", "surrogatepass"))
                    if any(isinstance(each, dict) for each in entries):
                        yield from enumerate(entries, start=1)
                        return
                yield from ((n, each) for n, each in enumerate(line.splitlines(), number) if each.strip())
                return
            if line.strip():
                yield number, line
