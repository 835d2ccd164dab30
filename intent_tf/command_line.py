"""Command lines and YAML files from frozen dataclasses, so that a verb and a notebook share one configuration.

A field is an option: its name gives ``--its-name``, its type the parser, its default the default, and its
line under ``Args:`` in the class's docstring the help. Values come, weakest first, from the defaults,
the file given with ``--config``, and the command line.
"""

from __future__ import annotations

import argparse
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import docstring_parser
import yaml

from intent_tf.errors import InputError, MissingExtraError
from intent_tf.nearest import nearest


class _Parser(argparse.ArgumentParser):
    """Names the nearest known option when it meets an unknown one."""

    def parse(self, arguments: Sequence[str] | None) -> argparse.Namespace:
        found, unknown = self.parse_known_args(arguments)
        if unknown:
            name = unknown[0].split("=")[0]
            self.error(f"unknown option {name}{nearest(name, self._option_string_actions)}")
        return found


def parse_configuration(
    verb: str,
    description: str,
    configurations: Sequence[type],
    arguments: Sequence[str] | None = None,
    positional: Mapping[str, str] | None = None,
) -> tuple[list[Any], argparse.Namespace]:
    """Parse a command line into configurations.

    Args:
        verb: The module that runs, such as ``"train"``.
        description: What it does, for ``--help``.
        configurations: Frozen dataclasses whose fields become options.
        arguments: The command line; ``sys.argv[1:]`` by default.
        positional: Arguments without a dash, with their help.

    Returns:
        An instance of each dataclass, and the parsed positional arguments (with ``debug``).

    Raises:
        InputError: If the YAML file has an unknown key or a value of the wrong type.
    """
    parser = _Parser(
        prog=f"python -m intent_tf.{verb}", description=description, allow_abbrev=False,
        argument_default=argparse.SUPPRESS, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    for name, text in (positional or {}).items():
        parser.add_argument(name, help=text)
    for configuration in configurations:
        _add_options(parser, configuration)
    general = parser.add_argument_group("general")
    general.add_argument("--config", metavar="FILE.yaml", help="options in YAML; the command line wins")
    general.add_argument("--debug", action="store_true", default=False, help="show tracebacks of errors")
    found = parser.parse(arguments)
    values = _read_yaml(found.config, configurations) if "config" in found else {}
    values |= vars(found)
    return [
        configuration(
            **{field.name: values[field.name] for field in fields(configuration) if field.name in values}
        )
        for configuration in configurations
    ], found


def to_yaml(*configurations: Any) -> str:
    """Configurations as the YAML that ``--config`` reads back, all options at the top level."""
    plain = {key: value for each in configurations for key, value in asdict(each).items()}
    return yaml.safe_dump(_plain(plain), sort_keys=False, allow_unicode=True)


def run_verb(main: Callable[[Sequence[str] | None], None], arguments: Sequence[str] | None = None) -> None:
    """Run a verb; bad input is told in one message on standard error, with exit status 2.

    Args:
        main: The verb, which takes its command line.
        arguments: The command line; ``sys.argv[1:]`` by default.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        main(arguments)
    except (InputError, MissingExtraError) as error:
        if "--debug" in arguments:
            raise
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def _add_options(parser: argparse.ArgumentParser, configuration: type) -> None:
    documented = docstring_parser.parse(configuration.__doc__ or "")
    helps = {each.arg_name: " ".join((each.description or "").split()) for each in documented.params}
    group = parser.add_argument_group((documented.short_description or configuration.__name__).rstrip("."))
    hints = get_type_hints(configuration)
    for field in fields(configuration):
        flag = "--" + field.name.replace("_", "-")
        default: Any = field.default if field.default_factory is not None else None
        shown = "" if default in (None, (), "") or not isinstance(default, str | int | float) else f" [{default}]"
        text = (helps[field.name] + shown).replace("%", "%%")
        kind = _without_none(hints[field.name])
        if kind is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, help=text)
        elif get_origin(kind) is Literal:
            group.add_argument(flag, choices=get_args(kind), help=text)
        else:
            group.add_argument(flag, type=_parser_of(kind), metavar=_metavar(kind), help=text)


def _parser_of(kind: Any) -> Callable[[str], Any]:
    origin = get_origin(kind)
    if origin is tuple:
        item = get_args(kind)[0]
        return lambda text: tuple(item(part.strip()) for part in text.split(",") if part.strip())
    if origin in (dict, Mapping):
        return _pairs
    return kind  # type: ignore[no-any-return]


def _pairs(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for name, equals, _ in pairs:
        if not equals:
            raise argparse.ArgumentTypeError(f"found {name!r}, expected NAME=VALUE,NAME=VALUE,...")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _metavar(kind: Any) -> str:
    origin = get_origin(kind)
    if origin is tuple:
        return "A,B,..."
    return "A=B,..." if origin in (dict, Mapping) else {int: "N", float: "X"}.get(kind, "TEXT")


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        return next(each for each in get_args(kind) if each is not type(None))
    return kind


def _read_yaml(path: str, configurations: Sequence[type]) -> dict[str, Any]:
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"cannot be read as YAML ({error})", file=path) from error
    if not isinstance(content, dict):
        raise InputError("holds no options", file=path, expected="lines such as 'epochs: 20'")
    hints = {name: hint for each in configurations for name, hint in get_type_hints(each).items()}
    known = {field.name for each in configurations for field in fields(each)}
    values = {}
    for key, value in content.items():
        name = str(key).replace("-", "_")
        if name not in known:
            raise InputError(f"unknown option {key!r}{nearest(name, known)}", file=path)
        values[name] = _checked(value, hints[name], str(key), path)
    return values


def _checked(value: Any, hint: Any, key: str, path: str) -> Any:
    if value is None and type(None) in get_args(hint):
        return None
    kind = _without_none(hint)
    origin = get_origin(kind)
    if isinstance(value, str) and kind is not str and origin is not Literal:
        try:
            return _parser_of(kind)(value)
        except (ValueError, argparse.ArgumentTypeError) as error:
            raise InputError(f"option {key!r} is {value!r}", file=path, expected=_metavar(kind)) from error
    if origin is tuple and isinstance(value, list):
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    fits = value in get_args(kind) if origin is Literal else isinstance(value, origin or kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        expected = " or ".join(map(str, get_args(kind))) if origin is Literal else str(kind)
        raise InputError(f"option {key!r} is {value!r}", file=path, expected=expected)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
