"""Keeps what TensorFlow prints while it is imported from the terminal."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


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
