"""What a training step costs on several workers: a model with nine constants, for `scaling.py`.

`docs/scaling.md` writes it down. A point holds what was measured, in ms, and at which size: workers, rows a
step over all of them, rows of the table, and distinct tokens of a worker's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

DIMENSION, FILTERS, TAPS = 128, 128, 3
#: Numbers that are no row of the table: the kernel, its bias, and a dense layer.
DENSE = TAPS * DIMENSION * FILTERS + FILTERS + FILTERS + 1
#: Bytes of a row of the table on its way: its vector and its number.
ROW = 4 * DIMENSION + 8

Point = dict[str, float]


@dataclass(frozen=True)
class CostModel:
    """The constants, in ms.

    Args:
        step: What a step costs whatever it holds (a).
        row: A row of examples (b).
        table_row: A row of the table (c).
        token: A distinct token of a worker's rows (u).
        crowding: Share by which several workers slow what is not the table's pass (g).
        neighbour: A meeting of all workers, for each further worker (h).
        exchange_meetings: How often an exchange of gradients meets (q).
        byte: A byte that is sent (w).
        step_meetings: How often a step meets beside its exchange of gradients (m).
        cores: Of the machine; workers that share one take turns.
    """

    step: float
    row: float
    table_row: float
    token: float
    crowding: float
    neighbour: float
    exchange_meetings: float
    byte: float
    step_meetings: float
    cores: int

    @classmethod
    def fitted(cls, points: Sequence[Point], cores: int) -> CostModel:
        """Find the constants from points of one worker and of two, by least squares of relative errors.

        What is computed is known from one worker, which varies rows and table apart; what two workers add is
        known from two. None of the constants is less than zero.
        """
        one, two = ([point for point in points if point["workers"] == count] for count in (1, 2))
        computing = _fit(
            one, "compute", lambda point: (1.0, point["rows"], point["table"], point["distinct"])
        )
        alone = cls(*computing, 0.0, 0.0, 0.0, 0.0, 0.0, cores)
        (neighbour,) = _fit(two, "meeting", lambda point: (1.0,))
        meetings, byte = _fit(two, "reduce", lambda point: (neighbour, sent(point)))
        beside = [
            {
                "rows": point["compute"] - alone.table_row * point["table"],
                "further": point["step"] - point["compute"] - point["reduce"],
                "alone": alone.of_rows(point),
                "meeting": point["meeting"],
            }
            for point in two
        ]
        (slower,) = _fit(beside, "rows", lambda point: (point["alone"],))
        (further,) = _fit(beside, "further", lambda point: (point["meeting"],))
        return cls(*computing, max(0.0, slower - 1), neighbour, meetings, byte, further, cores)

    def of_rows(self, point: Point) -> float:
        """Say how long a worker computes what depends on its rows, with a core for itself."""
        crowd = 1 + self.crowding * (point["workers"] > 1)
        rows = point["rows"] / point["workers"]
        return crowd * (self.step + self.row * rows + self.token * point["distinct"])

    def compute(self, point: Point) -> float:
        """Say how long a worker computes, with a core for itself."""
        return self.of_rows(point) + self.table_row * point["table"]

    def meeting(self, point: Point) -> float:
        """Say how long all workers take to hear of each other."""
        return self.neighbour * (point["workers"] - 1)

    def reduce(self, point: Point) -> float:
        """Say how long an exchange of gradients takes."""
        return self.exchange_meetings * self.meeting(point) + self.byte * sent(point)

    def total(self, point: Point) -> float:
        """Say how long a step takes."""
        turns = max(1.0, point["workers"] / self.cores)
        return turns * self.compute(point) + self.reduce(point) + self.step_meetings * self.meeting(point)

    def carried(self, table: int) -> Point:
        """Carry to 100 machines of 16 cores and a network of 10 Gbit/s, and a billion examples."""
        workers, cores, rows, examples, efficiency = 100, 16, 256, 1e9, 0.7
        bytes_a_second, hop = 1.25e9, 0.1  # ms
        tokens = min(table, 5500)  # of 256 rows, as measured
        work = self.row * rows + self.token * tokens + self.table_row * table
        compute = self.step + work / (cores * efficiency)
        meetings = self.exchange_meetings + self.step_meetings
        hops = meetings * 2 * (workers - 1) * hop
        summed = 1e3 * 4 * DENSE * 2 * (workers - 1) / workers / bytes_a_second
        gathered = 1e3 * ROW * tokens * (workers - 1) / bytes_a_second
        step = compute + hops + summed + gathered
        return {
            "table": table, "compute_ms": compute, "hops_ms": hops, "summed_ms": summed,
            "gathered_ms": gathered, "dense_table_ms": 1e3 * 4 * DIMENSION * table * 2 / bytes_a_second,
            "step_ms": step, "hours_an_epoch": examples / (rows * workers) * step / 3.6e6,
            "efficiency": compute / step, "table_gb_with_adam": 3 * 4 * DIMENSION * table / 1e9,
        }  # fmt: skip


def sent(point: Point) -> float:
    """Bytes that a worker sends in a step: dense weights in a ring, and its rows of the table to all."""
    workers = point["workers"]
    return 4 * DENSE * 2 * (workers - 1) / workers + ROW * point["distinct"] * (workers - 1)


def _fit(points: Sequence[Point], name: str, terms: Callable[[Point], tuple[float, ...]]) -> list[float]:
    wanted = np.array([point[name] for point in points])
    matrix = np.array([terms(point) for point in points])
    # Columns of one scale: rows and bytes are counted in thousands, and the solver has a tolerance.
    scale = matrix.max(axis=0)
    found, _ = nnls(matrix / scale / wanted[:, None], np.ones(len(wanted)))
    return list(found / scale)
