"""How far the probabilities of today's shoppers are from those of the test rows."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path

import numpy as np

FILE = "strengths.json"
_BINS = 10
_FEWEST = 100


class Drift:
    """The population stability index of recent probabilities against a reference.

    ::

        Σ (recent − reference) · ln(recent / reference)

    over the shares in ten bins that each hold a tenth of the reference. By common use, below 0.1 nothing
    has changed, and above 0.25 the model should be looked at. Half a probability is added to every bin, so
    that an empty one does not make it infinite.

    Args:
        edges: Inner edges of the bins, rising.
        shares: The reference's share in each bin.
        window: Recent probabilities that are compared. Default 1000.

    References:
        - Yurdakul & Naranjo (2020), Statistical properties of the population stability index.

    Example:
        >>> drift = Drift(edges=[0.5], shares=[0.5, 0.5])
        >>> drift.add(np.array([0.1, 0.9] * 50))
        >>> round(drift.index(), 3)
        0.0
    """

    def __init__(self, edges: list[float], shares: list[float], window: int = 1000) -> None:
        self._edges, self._shares = np.array(edges), np.array(shares)
        self._recent: deque[int] = deque(maxlen=window)

    @classmethod
    def read(cls, folder: Path) -> Drift | None:
        """Compare with the reference of a version's ``assets.extra``; None if it has none."""
        file = folder / FILE
        return cls(**json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None

    def add(self, probabilities: np.ndarray) -> None:
        """Take probabilities that were answered."""
        self._recent.extend(np.searchsorted(self._edges, probabilities, side="right").tolist())

    def index(self) -> float:
        """Compute the index; NaN before 100 probabilities."""
        if len(self._recent) < _FEWEST:
            return float("nan")
        counts = np.bincount(np.array(self._recent), minlength=len(self._shares)) + 0.5
        recent = counts / counts.sum()
        reference = (self._shares * len(self._recent) + 0.5) / (len(self._recent) + 0.5 * len(self._shares))
        return float(np.sum((recent - reference) * np.log(recent / reference)))


def write_reference(folder: Path, probabilities: np.ndarray) -> None:
    """Write the probabilities of test rows as the reference, as a histogram of ten bins.

    Args:
        folder: ``assets.extra`` of a version.
        probabilities: float32 ``(rows,)``.
    """
    edges = np.unique(np.quantile(probabilities, np.linspace(0, 1, _BINS + 1)[1:-1])).tolist()
    counts = np.bincount(np.searchsorted(edges, probabilities, side="right"), minlength=len(edges) + 1)
    content = {"edges": edges, "shares": (counts / len(probabilities)).tolist()}
    (folder / FILE).write_text(json.dumps(content) + "\n", encoding="utf-8")
