"""What every verb does first: parse its command line, and import what it runs when all is in order."""

import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from intent_tf.options.command_line import parse_configuration


@contextmanager
def quiet_start(show: bool = False) -> Iterator[None]:
    """Hold back what is written to the standard error while the heavy modules are imported.

    TensorFlow's libraries write to the file descriptor itself, before they know of a log level. If an import
    fails, what was held back is shown.

    Args:
        show: Hold nothing back, as ``--debug`` asks for.

    Example:
        >>> with quiet_start():
        ...     import json
    """
    if show:
        yield
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            if failed:
                held.seek(0)
                sys.stderr.write(held.read().decode(errors="replace"))


@dataclass(frozen=True)
class Verb:
    """A verb, called with its command line.

    Args:
        name: Name of the verb.
        description: What it does, for ``--help``: the docstring of its module.
        options: Frozen dataclasses whose fields are its options.
        run: The function that does its work, by its full name, since its module is imported late; it takes
            the argument below, if there is one, and an instance of each dataclass.
        argument: Name and help of an argument without a dash, and what checks it.
        examples: Command lines that ``--help`` shows, without ``python -m intent_tf.``.
        common: Names of the options that ``--help`` shows; all by default, as ``--help-all`` does.
    """

    name: str
    description: str | None
    options: tuple[type, ...]
    run: str
    argument: tuple[str, str, Callable[[str], object]] | None = None
    examples: tuple[str, ...] = ()
    common: Collection[str] | None = None

    def __call__(self, arguments: Sequence[str] | None = None) -> Any:
        """Parse the command line (``sys.argv[1:]`` by default) and run.

        Returns:
            What the function returns.

        Raises:
            InputError: If the input is not usable.
        """
        name, text, check = self.argument or ("", "", None)
        positional = {name: text} if check else {}
        configurations, given = parse_configuration(
            self.name, self.description or "", self.options, arguments, positional, self.examples, self.common
        )
        values = [getattr(given, name)] if check else []
        if check:
            check(*values)
        with quiet_start(given.debug):
            place, _, function = self.run.rpartition(".")
            run = getattr(importlib.import_module(place), function)
        return run(*values, *configurations)
