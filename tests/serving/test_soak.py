"""The stand-in under load, with a version swap in the middle: no request fails, memory stays flat.

Opt-in: ``python -m pytest -m slow tests/serving/test_soak.py -s``; ``INTENT_TF_SOAK_SECONDS`` shortens it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from intent_tf.serving import Client

SECONDS = float(os.environ.get("INTENT_TF_SOAK_SECONDS", "600"))


def resident_mib(process: int) -> float:
    with open(f"/proc/{process}/status") as status:  # noqa: PTH123  there is no nicer way
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_no_request_fails_and_memory_is_flat(events, tmp_path) -> None:
    base = tmp_path / "shop"
    shutil.copytree(events.folder, base / "1")
    command = [sys.executable, "-m", "intent_tf.serve", base, "--rest-port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = ""
    while "stand-in" not in printed:
        printed += server.stdout.readline()
    url = re.search(r"REST: (\S+)", printed)[1]

    stop, failures, seconds = threading.Event(), [], []

    def ask(number: int) -> None:
        generator, client = np.random.default_rng(number), Client(url, retries=0)
        while not stop.is_set():
            rows = generator.integers(0, len(events.rows), generator.integers(1, 8))
            started = time.perf_counter()
            try:
                probabilities = client.predict(events.rows.iloc[rows])
                seconds.append(time.perf_counter() - started)
                np.testing.assert_allclose(probabilities, events.probabilities[rows], rtol=0, atol=1e-6)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    memory = []
    try:
        for each in threads:
            each.start()
        began, swapped = time.monotonic(), False
        while (passed := time.monotonic() - began) < SECONDS:
            time.sleep(SECONDS / 100)
            memory.append(resident_mib(server.pid))
            if passed > SECONDS / 2 and not swapped:
                shutil.copytree(events.folder, base / "copying")
                (base / "copying").rename(base / "2")
                swapped = True
    finally:
        stop.set()
        for each in threads:
            each.join()
        server.terminate()
        server.wait(60)
        server.stdout.close()

    p50, p99 = np.percentile(seconds, [50, 99]) * 1e3
    print(f"\n{len(seconds):,} requests in {SECONDS:.0f} s, {len(failures)} failed")
    print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    quarters = [float(np.median(part)) for part in np.array_split(memory, 4)]
    print("memory by quarter, MiB: " + ", ".join(f"{each:.0f}" for each in quarters))
    assert failures == []
    assert len(seconds) > SECONDS
    # The first quarter warms up, and the swap may leave the allocator with what the old version had; growth
    # within a version would show between the quarters of one version.
    assert quarters[1] < 1.1 * quarters[0] + 20
    assert quarters[3] < 1.1 * quarters[2] + 20
