"""Counts what a server does, in Prometheus' text format."""

from __future__ import annotations

import bisect
import threading
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from intent_tf.serving.drift import Drift

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_PROBABILITIES = tuple(tenth / 10 for tenth in range(1, 11))


class Histogram:
    """Counts of values up to each of some bounds.

    Args:
        bounds: Rising.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = np.zeros(len(bounds) + 1, np.int64)
        self.total = 0.0

    def add(self, values: Sequence[float]) -> None:
        """Count values."""
        for value in values:
            self.counts[bisect.bisect_left(self.bounds, value)] += 1
            self.total += float(value)

    def lines(self, name: str, labels: str = "") -> Iterator[str]:
        """Yield Prometheus' lines."""
        separator = "," if labels else ""
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.counts.cumsum(), strict=True):
            yield f'{name}_bucket{{{labels}{separator}le="{bound}"}} {count}'
        braces = f"{{{labels}}}" if labels else ""
        yield f"{name}_sum{braces} {self.total!r}"
        yield f"{name}_count{braces} {self.counts.sum()}"


class Monitoring:
    """What a server counts: requests, seconds, probabilities and their drift. Threads may share it."""

    def __init__(self) -> None:
        self.drift: Drift | None = None
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str]] = Counter()
        self._seconds: dict[str, Histogram] = {}
        self._probabilities = Histogram(_PROBABILITIES)

    def request(self, api: str, status: str, seconds: float) -> None:
        """Count an answer."""
        with self._lock:
            self._requests[api, status] += 1
            self._seconds.setdefault(api, Histogram(_SECONDS)).add([seconds])

    def probabilities(self, probabilities: np.ndarray) -> None:
        """Count probabilities that were answered."""
        with self._lock:
            self._probabilities.add(probabilities.tolist())
            if self.drift is not None:
                self.drift.add(probabilities)

    def page(self, version: int) -> str:
        """Write all of it in Prometheus' text format."""
        with self._lock:
            lines = ["# TYPE intent_tf_requests_total counter"]
            for (api, status), count in sorted(self._requests.items()):
                lines.append(f'intent_tf_requests_total{{api="{api}",status="{status}"}} {count}')
            lines.append("# TYPE intent_tf_request_seconds histogram")
            for api, histogram in sorted(self._seconds.items()):
                lines += histogram.lines("intent_tf_request_seconds", f'api="{api}"')
            lines.append("# TYPE intent_tf_strength histogram")
            lines += self._probabilities.lines("intent_tf_strength")
            if self.drift is not None:
                lines.append("# TYPE intent_tf_strength_drift gauge")
                lines.append(f"intent_tf_strength_drift {self.drift.index()!r}")
            lines += ["# TYPE intent_tf_model_version gauge", f"intent_tf_model_version {version}"]
        return "\n".join(lines) + "\n"
