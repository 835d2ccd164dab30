"""The stand-in under load, over swaps of versions and a restart: no request is lost, memory stays flat.

Opt-in: ``python -m pytest -m slow tests/serving/test_soak.py -s``; ``INTENT_TF_SOAK_SECONDS`` shortens it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import threading
import time

import numpy as np
import pytest
from serve_process import start_serving

from intent_tf.serving import Client
from intent_tf.serving.manifest import FILE, write_manifest

SECONDS = float(os.environ.get("INTENT_TF_SOAK_SECONDS", "600"))
CLIENTS, SWAPS = 4, 20


def resident_mib(process: int) -> float:
    with open(f"/proc/{process}/status") as status:  # noqa: PTH123  there is no nicer way
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def copy_in_place(source, version) -> None:
    """Copy a version under its own number, as nobody should, the manifest first."""
    files = sorted((path for path in source.rglob("*") if path.is_file()), key=lambda path: path.name != FILE)
    for file in files:
        copied = version / file.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copied)
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_no_request_is_lost_and_memory_is_flat(events, tmp_path) -> None:
    base, source = tmp_path / "shop", tmp_path / "source"
    shutil.copytree(events.folder, source)
    write_manifest(source)
    shutil.copytree(source, base / "1")
    server, url = start_serving(base, "--rest-port", "0")
    stop, failures, seconds = threading.Event(), [], []

    def ask(number: int) -> None:
        # Patient enough for a restart: 10 attempts take about 100 s.
        generator, client = np.random.default_rng(number), Client(url, retries=10, timeout=120)
        while not stop.is_set():
            rows = generator.integers(0, len(events.rows), generator.integers(1, 8))
            started = time.perf_counter()
            try:
                probabilities = client.predict(events.rows.iloc[rows])
                seconds.append(time.perf_counter() - started)
                np.testing.assert_allclose(probabilities, events.probabilities[rows], rtol=0, atol=1e-6)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    memory, ended = [], []
    try:
        for each in threads:
            each.start()
        for swap in range(SWAPS):
            if swap == SWAPS // 2:
                server.send_signal(signal.SIGTERM)
                ended.append(server.wait(60))
                server.stdout.close()
                server, _ = start_serving(base, "--rest-port", re.search(r":(\d+)/", url)[1])
            for _ in range(20):
                time.sleep(SECONDS / SWAPS / 20)
                memory.append(resident_mib(server.pid))
            copy_in_place(source, base / str(swap + 2))
            shutil.rmtree(base / str(swap + 1))
    finally:
        stop.set()
        for each in threads:
            each.join()
        server.send_signal(signal.SIGTERM)
        ended.append(server.wait(60))
        server.stdout.close()

    p50, p99 = np.percentile(seconds, [50, 99]) * 1e3
    print(f"\n{len(seconds):,} requests in {SECONDS:.0f} s, {SWAPS} swaps, 1 restart, {len(failures)} lost")
    print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    parts = [float(np.median(part)) for part in np.array_split(memory, SWAPS)]
    print("memory between swaps, MiB: " + ", ".join(f"{each:.0f}" for each in parts))
    assert failures == []
    assert ended == [0, 0]
    assert len(seconds) > SECONDS
    # Now and then two versions more are in memory, 150 MiB each; ten that stay would be a leak.
    for first, *others in np.reshape(parts, (2, -1)):
        assert max(others) < 1.55 * first
