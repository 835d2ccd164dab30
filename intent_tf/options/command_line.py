"""Command lines and YAML files from frozen dataclasses: a verb and a notebook share one configuration.

A field is an option: its name gives ``--its-name``, its type the parser, its default the default, and its
line under ``Args:`` in the class's docstring the help. Values come, weakest first, from the defaults,
the file given with ``--config``, and the command line.
"""

import argparse
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args, get_origin, get_type_hints

import docstring_parser
import yaml

from intent_tf.errors import InputError, MissingExtraError
from intent_tf.nearest import nearest
from intent_tf.options.checked import without_none
from intent_tf.options.input_file import existing_file
from intent_tf.options.lists import read_list, read_pairs
from intent_tf.options.old_names import GONE, GONE_VALUES, RENAMED, RENAMED_VALUES

_QUOTES = """
A name in a list that holds a comma, an equals sign or a quote stands in double quotes, in which a quote is
doubled: --drop '"size, EU",colour' --kinds '"a=b"=category'
"""


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
    common: Collection[str] | None = None,
) -> tuple[list[Any], argparse.Namespace]:
    """Parse a command line into configurations.

    Args:
        verb: The module that runs, such as ``"train"``.
        description: What it does, for ``--help``.
        configurations: Frozen dataclasses whose fields become options.
        arguments: The command line; ``sys.argv[1:]`` by default.
        positional: Arguments without a dash, with their help.
        examples: Command lines that ``--help`` shows, without ``python -m intent_tf.``.
        common: Names of the options that ``--help`` shows; all by default, as ``--help-all`` does.

    Returns:
        An instance of each dataclass, and the parsed positional arguments (with ``debug``).

    Raises:
        InputError: If the YAML file has an unknown key or a value of the wrong type.
    """
    parser = _Parser(
        prog=f"python -m intent_tf.{verb}",
        description=description,
        epilog="".join(["examples:\n", *(f"  python -m intent_tf.{each}\n" for each in examples), _QUOTES]),
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    words = sys.argv[1:] if arguments is None else arguments
    for name, text in (positional or {}).items():
        parser.add_argument(name, help=text)
    for configuration in configurations:
        _add_options(parser, configuration, None if "--help-all" in words else common)
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
            value, check = getattr(configuration, field.name), field.metadata.get("check")
            if value and check:
                check(value)


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


def _add_options(parser: argparse.ArgumentParser, configuration: type, shown: Collection[str] | None) -> None:
    documented = docstring_parser.parse(configuration.__doc__ or "")
    of_all = (docstring_parser.parse(each.__doc__ or "").params for each in configuration.__mro__)
    helps = {each.arg_name: " ".join((each.description or "").split()) for some in of_all for each in some}
    group = parser.add_argument_group((documented.short_description or configuration.__name__).rstrip("."))
    hints = get_type_hints(configuration)
    for field in fields(configuration):
        if not field.metadata.get("option", True):
            continue
        flag = "--" + field.name.replace("_", "-")
        default, text = field.default, helps[field.name].replace("%", "%%")
        if isinstance(default, str | int | float) and default != "":
            text += f" [{default}]"
        if shown is not None and field.name not in shown:
            text = argparse.SUPPRESS
        kind = without_none(hints[field.name])
        if kind is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, help=text)
        else:
            group.add_argument(flag, type=_parser_of(kind, field.name), metavar=_metavar(kind), help=text)


def _parser_of(kind: Any, name: str) -> Callable[[str], Any]:
    """Return what reads a value of this type, of the option with this name, from a word."""
    origin, arguments = get_origin(kind), get_args(kind)

    def parse(text: str) -> Any:
        if (name, text) in GONE_VALUES:
            raise argparse.ArgumentTypeError(f"{text!r} is gone: {GONE_VALUES[name, text]}")
        if origin is tuple:
            item = _parser_of(arguments[0], name)
            return tuple(map(item, read_list(text)))
        if origin in (dict, Mapping):
            item = _parser_of(arguments[1], name)
            return {key: item(value) for key, value in _pairs(text).items()}
        if origin is Literal:
            return _one_of(kind, name, text)
        try:
            return kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"found {text!r}, expected {_expected(kind)}") from None

    return parse


def _one_of(kind: Any, name: str, text: str) -> str:
    """Read one of several values, also by the name that it had."""
    new = RENAMED_VALUES.get((name, text), text)
    if new != text:
        print(f"note: {text} of {name} is now {new}", file=sys.stderr)
    if new not in get_args(kind):
        hint = nearest(text, get_args(kind))
        raise argparse.ArgumentTypeError(f"found {text!r}{hint}, expected {_expected(kind)}")
    return new


def _pairs(text: str) -> dict[str, str]:
    try:
        return read_pairs(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"found {str(error)!r}, expected NAME=VALUE,NAME=VALUE,..."
        ) from None


def _metavar(kind: Any) -> str:
    origin = get_origin(kind)
    if origin is tuple:
        return "A,B,..."
    if origin is Literal:
        return "{" + ",".join(get_args(kind)) + "}"
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


def _read_yaml(path: str, configurations: Sequence[type]) -> dict[str, Any]:
    existing_file(path, "lines such as 'epochs: 20'")
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
        if name not in hints:
            raise InputError(f"unknown option {key!r}{nearest(name, hints)}", file=path)
        values[name] = _checked(value, hints[name], name, path)
    return values


def _checked(value: Any, hint: Any, name: str, path: str) -> Any:
    """Return the value of an option in a YAML file, in the type that the dataclass wants."""
    if value is None and type(None) in get_args(hint):
        return None
    kind = without_none(hint)
    origin, is_number = get_origin(kind), isinstance(value, int) and not isinstance(value, bool)
    if origin is tuple and is_number and get_args(kind)[0] is str:
        value = [value]
    if origin is tuple and isinstance(value, list):
        return tuple(_checked(item, get_args(kind)[0], name, path) for item in value)
    if origin in (dict, Mapping) and isinstance(value, dict):
        item = get_args(kind)[1]
        return {str(key): _checked(each, item, f"{name}: {key}", path) for key, each in value.items()}
    if kind in (str, float) and is_number:
        return kind(value)
    if isinstance(value, str) and kind is not bool:
        try:
            return _parser_of(kind, name)(value)
        except argparse.ArgumentTypeError as error:
            raise InputError(f"option {name!r}: {error}", file=path) from error
    fits = origin is not Literal and isinstance(value, origin or kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise InputError(f"option {name!r} is {value!r}", file=path, expected=_expected(kind))
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
