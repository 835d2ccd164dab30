"""How the times of a sequence run, and what they tell of its events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from intent_tf.columns.event_arrays import (
    NAN,
    count,
    dwell,
    event_before,
    last,
    present,
    summary,
    total,
    winsorised,
)

#: Rows that tell how times run.
_ROWS = 20_000
#: Windows before now reach as far as these shares of the events of training rows.
_WINDOWS = (0.1, 0.25, 0.5, 0.75)


@dataclass(frozen=True)
class EventClock:
    """How the times of a sequence column run.

    Args:
        runs: ``"elapsed"``, from 0 at a row's first event; ``"rising"`` from anywhere; or ``"falling"``, as
            "days before" does. Now is 0 where times fall, else the row's last time.
        windows: Lengths of the windows before now in which events are counted; of ``elapsed`` none.

    Example:
        >>> clock = EventClock.of(tf.constant([[9.0, 4.0, 1.0], [8.0, 3.0, 3.0]]), "days_before")
        >>> clock.runs, clock.windows
        ('falling', (2.0, 3.0, 3.5, 7.0))
        >>> numbers = clock.numbers(tf.constant([[9.0, 4.0]]))
        >>> float(numbers[clock.names.index("first")][0])
        9.0
    """

    runs: Literal["elapsed", "rising", "falling"] = "elapsed"
    windows: tuple[float, ...] = ()

    @classmethod
    def of(cls, times: tf.Tensor | tf.RaggedTensor, name: str) -> "EventClock":
        """Learn from the times of training rows ``(rows, events)``, ragged or padded, of a column."""
        rows = tf.gather(times, np.arange(0, times.shape[0], 1 + times.shape[0] // _ROWS))
        rows = winsorised(rows.to_tensor(NAN) if isinstance(rows, tf.RaggedTensor) else rows)
        steps, first = dwell(rows), rows[:, :1]
        at_zero = tf.reduce_sum(count(first == 0)) >= tf.reduce_sum(count(present(first) & (first != 0)))
        if tf.reduce_sum(count(steps < 0)) > tf.reduce_sum(count(steps > 0)):
            clock = cls("falling")
        # The `elapsed` of an event log starts later where only the last events are kept.
        elif name == "elapsed" or at_zero:
            return cls()
        else:
            clock = cls("rising")
        ages = clock.ages(rows).numpy()
        windows = np.quantile(ages[np.isfinite(ages)], _WINDOWS).astype(np.float32)
        return cls(clock.runs, tuple(np.unique(windows).tolist()))

    @property
    def names(self) -> tuple[str, ...]:
        """What each of `numbers` is."""
        gaps = tuple(f"{what} dwell" for what in ("mean", "shortest", "longest", "last"))
        if self.runs == "elapsed":
            return (*gaps, "elapsed")
        return (*gaps, "last", "first", "between", "events", *(f"within {each:g}" for each in self.windows))

    def numbers(self, times: tf.Tensor) -> list[tf.Tensor]:
        """Summarise times ``(batch, events)``: numbers ``(batch,)`` each."""
        there = present(times)
        latest = last(times, there)
        numbers = [*summary(self.gaps(times)), latest]
        if self.runs == "elapsed":
            return numbers
        first = last(times, there & (tf.cumsum(tf.cast(there, tf.int32), axis=1) == 1))
        within = [count(self.ages(times) <= window) for window in self.windows]
        return [*numbers, first, tf.abs(latest - first), count(there), *within]

    def numbers_of(self, kinds: Sequence[tf.Tensor], times: tf.Tensor) -> list[tf.Tensor]:
        """Tell of each kind of event, bool ``(batch, events)``, the dwell after it, then its age."""
        gaps, ages = self.gaps(times), self.ages(times)
        after = [total(gaps, event_before(where, first=False) & present(gaps)) for where in kinds]
        return [*after, *(last(ages, where) for where in kinds)]

    def gaps(self, times: tf.Tensor) -> tf.Tensor:
        """Time from the event before to each event, ``(batch, events)``."""
        return -dwell(times) if self.runs == "falling" else dwell(times)

    def ages(self, times: tf.Tensor) -> tf.Tensor:
        """Time from each event to now, ``(batch, events)``."""
        return times if self.runs == "falling" else last(times, present(times))[:, None] - times

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "EventClock":
        """Return what `dataclasses.asdict` made plain values of."""
        return cls(config["runs"], tuple(config["windows"]))
