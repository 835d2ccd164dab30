"""How long something takes, time and again."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def timed(run: Callable[[], object], times: int) -> np.ndarray:
    """Return the seconds of each of so many runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return np.array(seconds)
