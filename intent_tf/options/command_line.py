"""Command lines and YAML files from frozen dataclasses: a verb and a notebook share one configuration.

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
from typing import Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

import docstring_parser
import yaml

from intent_tf.errors import InputError, MissingExtraError
from intent_tf.nearest import nearest
from intent_tf.options.input_file import INPUT_FILE
from intent_tf.options.old_names import GONE, GONE_VALUES, RENAMED, RENAMED_VALUES


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and names the nearest known option when it meets an unknown one."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message} (--help lists all options)\n")

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        parsed, unknown = self.parse_known_args([_renamed(word, self) for word in words])
        if unknown:
            name = unknown[0].split("=")[0]
            self.error(f"unknown option {name!r}{nearest(name, self._option_string_actions)}")
        return parsed


def parse_configuration(
    verb: str,
    description: str,
    configurations: Sequence[type],
    arguments: Sequence[str] | None = None,
    positional: Mapping[str, str] | None = None,
    examples: Sequence[str] = (),
) -> tuple[list[Any], argparse.Namespace]:
    """Parse a command line into configurations.

    Args:
        verb: The module that runs, such as ``"train"``.
        description: What it does, for ``--help``.
        configurations: Frozen dataclasses whose fields become options.
        arguments: The command line; ``sys.argv[1:]`` by default.
        positional: Arguments without a dash, with their help.
        examples: Command lines that ``--help`` shows, without ``python -m intent_tf.``.

    Returns:
        An instance of each dataclass, and the parsed positional arguments (with ``debug``).

    Raises:
        InputError: If the YAML file has an unknown key or a value of the wrong type.
    """
    parser = _Parser(
        prog=f"python -m intent_tf.{verb}",
        description=description,
        epilog="".join(["examples:\n", *(f"  python -m intent_tf.{each}\n" for each in examples)]),
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    words = sys.argv[1:] if arguments is None else arguments
    for name, text in (positional or {}).items():
        parser.add_argument(name, help=text)
    for configuration in configurations:
        _add_options(parser, configuration, everything="--help-all" in words)
    general = parser.add_argument_group("general")
    general.add_argument("--config", metavar="FILE.yaml", help="options in YAML; the command line wins")
    general.add_argument("--debug", action="store_true", default=False, help="show tracebacks of errors")
    general.add_argument("-h", "--help", action="help", help="show the options that most people need")
    general.add_argument("--help-all", action="help", help="show all options")
    given = parser.parse(words)
    values = _read_yaml(given.config, configurations) if "config" in given else {}
    values |= vars(given)
    made = [
        configuration(
            **{field.name: values[field.name] for field in fields(configuration) if field.name in values}
        )
        for configuration in configurations
    ]
    _check_inputs(made)
    return made, given


def _check_inputs(configurations: Sequence[Any]) -> None:
    for configuration in configurations:
        for field in fields(configuration):
            file = getattr(configuration, field.name)
            if INPUT_FILE.items() <= field.metadata.items() and file and not Path(file).exists():
                raise InputError("no such file", file=file)


def _renamed(word: str, parser: _Parser) -> str:
    """Give an option of an earlier version its new name, or say what to use."""
    option, equals, value = word.partition("=")
    name = option.removeprefix("--").removeprefix("no-").replace("-", "_")
    if not option.startswith("--") or option in parser._option_string_actions:
        return word
    if name in RENAMED:
        new = option.replace(name.replace("_", "-"), RENAMED[name].replace("_", "-"))
        if new in parser._option_string_actions:
            print(f"note: {option} is now {new}", file=sys.stderr)
            return new + equals + value
    if name in GONE:
        parser.error(f"{option} is gone: {GONE[name][1]}")
    return word


def to_yaml(*configurations: Any) -> str:
    """Write configurations as the YAML that ``--config`` reads back, all options at the top level."""
    plain = {key: value for each in configurations for key, value in asdict(each).items()}
    return yaml.safe_dump(_plain(plain), sort_keys=False, allow_unicode=True)


def run_verb(main: Callable[[Sequence[str] | None], None], arguments: Sequence[str] | None = None) -> None:
    """Run a verb; bad input is told in one line on standard error, with exit status 2.

    With ``--debug`` its traceback is shown. An error of the system, such as a full disk, is told likewise.

    Args:
        main: The verb, which takes its command line.
        arguments: The command line; ``sys.argv[1:]`` by default.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        main(arguments)
    except (InputError, MissingExtraError, OSError) as error:
        if "--debug" in arguments:
            raise
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _add_options(parser: argparse.ArgumentParser, configuration: type, everything: bool) -> None:
    documented = docstring_parser.parse(configuration.__doc__ or "")
    helps = {each.arg_name: " ".join((each.description or "").split()) for each in documented.params}
    group = parser.add_argument_group((documented.short_description or configuration.__name__).rstrip("."))
    hints, common = get_type_hints(configuration), getattr(configuration, "COMMON", None)
    for field in fields(configuration):
        flag = "--" + field.name.replace("_", "-")
        default, text = field.default, helps[field.name].replace("%", "%%")
        if isinstance(default, str | int | float) and default != "":
            text += f" [{default}]"
        if not everything and common is not None and field.name not in common:
            text = argparse.SUPPRESS
        kind = _without_none(hints[field.name])
        if kind is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, help=text)
        elif get_origin(kind) is Literal:
            read = _choice_of(field.name)
            group.add_argument(flag, type=read, choices=get_args(kind), help=text)
        else:
            group.add_argument(flag, type=_parser_of(kind, field.name), metavar=_metavar(kind), help=text)


def _choice_of(name: str) -> Callable[[str], str]:
    """Return what reads one of several values, by its present name."""

    def read(text: str) -> str:
        new = RENAMED_VALUES.get((name, text), text)
        if new != text:
            print(f"note: {text} of {name} is now {new}", file=sys.stderr)
        return new

    return read


def _parser_of(kind: Any, name: str = "") -> Callable[[str], Any]:
    """Return what reads a value of this type from a word of a command line."""
    origin = get_origin(kind)

    def parse(text: str) -> Any:
        if (name, text) in GONE_VALUES:
            raise argparse.ArgumentTypeError(f"{text!r} is gone: {GONE_VALUES[name, text]}")
        if origin is tuple:
            item = _parser_of(get_args(kind)[0])
            return tuple(item(part.strip()) for part in text.split(",") if part.strip())
        if origin in (dict, Mapping):
            item = _parser_of(get_args(kind)[1]) if get_args(kind)[1] is float else str
            return {name: item(value) for name, value in _pairs(text).items()}
        try:
            return kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"found {text!r}, expected {_expected(kind)}") from None

    return parse


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


def _expected(kind: Any) -> str:
    """Say in words what a value of this type looks like."""
    origin = get_origin(kind)
    if origin is Literal:
        return " or ".join(map(repr, get_args(kind)))
    if origin is tuple:
        return "a list"
    if origin in (dict, Mapping):
        return "names with values"
    return {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "text in quotes")


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        return next(each for each in get_args(kind) if each is not type(None))
    return kind


def _read_yaml(path: str, configurations: Sequence[type]) -> dict[str, Any]:
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"cannot be read as YAML ({' '.join(str(error).split())})", file=path) from error
    if not isinstance(content, dict):
        raise InputError("holds no options", file=path, expected="lines such as 'epochs: 20'")
    hints = {name: hint for each in configurations for name, hint in get_type_hints(each).items()}
    values = {}
    for key, value in content.items():
        name = str(key).replace("-", "_")
        if name not in hints and RENAMED.get(name) in hints:
            print(f"note: {key} in {path} is now {RENAMED[name]}", file=sys.stderr)
            name = RENAMED[name]
        if name not in hints and name in GONE:
            default, instead = GONE[name]
            if value in (default, None):
                continue
            raise InputError(f"option {key!r} is gone", file=path, remedy=instead)
        if isinstance(value, str) and (name, value) in GONE_VALUES:
            raise InputError(f"{key}: {value} is gone", file=path, remedy=GONE_VALUES[name, value])
        if name not in hints:
            raise InputError(f"unknown option {key!r}{nearest(name, hints)}", file=path)
        if isinstance(value, str) and get_origin(_without_none(hints[name])) is Literal:
            value = _choice_of(name)(value)
        values[name] = _checked(value, hints[name], str(key), path)
    return values


def _checked(value: Any, hint: Any, key: str, path: str) -> Any:
    """Return the value of an option in a YAML file, in the type that the dataclass wants."""
    if value is None and type(None) in get_args(hint):
        return None
    kind = _without_none(hint)
    origin, is_number = get_origin(kind), isinstance(value, int) and not isinstance(value, bool)
    if origin is tuple and isinstance(value, list):
        return tuple(_checked(item, get_args(kind)[0], key, path) for item in value)
    if origin in (dict, Mapping) and isinstance(value, dict):
        item = get_args(kind)[1]
        return {str(name): _checked(each, item, f"{key}: {name}", path) for name, each in value.items()}
    if kind in (str, float) and is_number:
        return kind(value)
    if isinstance(value, str) and kind not in (str, bool) and origin is not Literal:
        try:
            return _parser_of(kind)(value)
        except argparse.ArgumentTypeError as error:
            raise InputError(f"option {key!r}: {error}", file=path) from error
    fits = value in get_args(kind) if origin is Literal else isinstance(value, origin or kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise InputError(f"option {key!r} is {value!r}", file=path, expected=_expected(kind))
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
