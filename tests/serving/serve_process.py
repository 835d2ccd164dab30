"""Starts `python -m intent_tf.serve` as a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def start_serving(
    base: Path, *options: str, stderr: int = subprocess.DEVNULL
) -> tuple[subprocess.Popen, str]:
    """Start the process, wait until it answers, and return it with its model's URL."""
    command = [sys.executable, "-m", "intent_tf.serve", base, *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
    printed = ""
    while "stand-in" not in printed:
        line = server.stdout.readline()
        if not line:
            server.kill()
        assert line, printed
        printed += line
    return server, re.search(r"REST: (\S+)", printed)[1]
