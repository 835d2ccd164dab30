"""Processes that make batches for others: they find each other, and may be killed."""

from __future__ import annotations

import itertools
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from intent_tf.addresses import free_ports
from intent_tf.errors import InputError
from intent_tf.features.prepared import PreparedData
from intent_tf.features.served_rows import ServedRows
from intent_tf.input_service import InputServiceConfig, main, start_server


@contextmanager
def started(*options: str) -> Iterator[subprocess.Popen[str]]:
    """One process of the service, ready."""
    command = [sys.executable, "-m", "intent_tf.input_service", *options]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None and process.stdout.readline().startswith("input ")
            yield process
        finally:
            process.kill()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"the input service cannot start on port {port}"):
            start_server(InputServiceConfig(port=port))


def test_a_dispatcher_that_is_not_there_is_named() -> None:
    (port,) = free_ports(1)
    with pytest.raises(InputError, match=f"grpc://localhost:{port} cannot be reached within 0.2 seconds"):
        main(["--dispatcher", f"grpc://localhost:{port}", "--timeout", "0.2"])


@pytest.mark.parametrize("address", ["localhost:5050", "grpc://localhost", "grpc://:5050"])
def test_an_address_must_be_one(address: str) -> None:
    with pytest.raises(InputError, match=r"expected .*host:port"):
        InputServiceConfig(address)


def test_an_input_worker_keeps_no_state() -> None:
    with pytest.raises(InputError, match="Leave --folder out"):
        InputServiceConfig("grpc://localhost:5050", folder="state")


@pytest.mark.slow
def test_processes_killed_in_mid_epoch_change_no_batch(shop_data: PreparedData, tmp_path: Path) -> None:
    rows = replace(shop_data.train, weight=np.arange(len(shop_data.train), dtype=np.float32))
    (port,) = free_ports(1)
    address, dispatcher = f"grpc://localhost:{port}", ("--port", str(port), "--folder", str(tmp_path))
    expected = (weight.numpy() for _, _, weight in rows.shuffled_batches(13, 5))
    served = ServedRows(rows.frame, rows.features, rows.label, rows.weight, service=address)
    found = (weight.numpy() for _, _, weight in served.shuffled_batches(13, 5))

    def compare(count: int) -> None:
        for one, other in itertools.islice(zip(found, expected, strict=True), count):
            np.testing.assert_array_equal(one, other)

    with ExitStack() as processes:
        first = processes.enter_context(started(*dispatcher))
        victim, _ = (processes.enter_context(started("--dispatcher", address)) for _ in range(2))
        compare(20)
        victim.send_signal(signal.SIGKILL)
        compare(200)
        first.send_signal(signal.SIGKILL)
        first.wait()
        compare(50)
        processes.enter_context(started(*dispatcher))
        compare(500)
