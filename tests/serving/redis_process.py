"""Runs a real Redis server."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a Redis server within the block, and yield its URL."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    path = folder / "redis.sock"
    server = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 30
    while not path.exists():
        assert server.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    yield f"unix://{path}"
    server.terminate()
    server.wait(30)
