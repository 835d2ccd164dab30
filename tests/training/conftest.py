"""A table without texts and sessions, whose models are traced in no time, and workers that train it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import pandas as pd
import pytest

from intent_tf.columns.prepared import PreparedData
from intent_tf.training.addresses import free_ports


@pytest.fixture(scope="session")
def table_data(shop: pd.DataFrame, prepare_shop: Callable[..., PreparedData]) -> PreparedData:
    """The shop's numbers and categories, prepared."""
    return prepare_shop(shop, drop=["title", "event_type", "elapsed", "price"], kinds={"browser": "category"})


@pytest.fixture(scope="session")
def run_workers() -> Callable[..., None]:
    """A function that runs a program as several workers on loopback: ``run_workers(count, *arguments)``."""

    def run(workers: int, *arguments: str, timeout: float = 600, **environment: str) -> None:
        addresses = [f"127.0.0.1:{port}" for port in free_ports(workers)]
        base = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "2", **environment}
        base.pop("TF_CONFIG", None)
        processes = []
        try:
            for index in range(workers):
                task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
                own = {"TF_CONFIG": json.dumps(task)} if workers > 1 else {}
                processes.append(
                    subprocess.Popen(
                        [sys.executable, *arguments],
                        env=base | own,
                        text=True,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT,
                    )
                )
            deadline = time.monotonic() + timeout
            for process in processes:
                output, _ = process.communicate(timeout=max(1, deadline - time.monotonic()))
                assert process.returncode == 0, output[-3000:]
        finally:
            for process in processes:
                process.kill()
                process.wait()

    return run
