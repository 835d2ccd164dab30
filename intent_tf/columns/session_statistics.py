"""Numbers that say what a shopper did in a session, computed in the graph from the raw event arrays."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.event_arrays import (
    NAN,
    count,
    count_distinct,
    dwell,
    event_before,
    last,
    present,
    summary,
    total,
    winsorised,
)
from intent_tf.data.specification import Column

#: Event types that show something to the shopper, and those by which the shopper asks for more of it.
IMPRESSIONS, CLICKS = ("search", "browse"), ("click", "detail")
#: The click-through rate is the training rate for a session without impressions, and moves away from it as
#: if these many impressions had been seen at that rate before. A log may tell of clicks on what it does not
#: tell to have been shown: more clicks than impressions count as all that were shown, and without any
#: impression in the training rows there is no rate.
SMOOTHING = 5.0
#: Recent events count for more: half as much for every two events that follow.
HALF_LIFE = 2.0


@keras.saving.register_keras_serializable(package="intent_tf")
class SessionStatistics(keras.layers.Layer):
    """Summarises the event arrays of a session as numbers.

    From ``event_type``: events, distinct types, events of each type, the same with recent events counting
    more (``Σ ½^(events after / 2)``), the share of each type's most recent event, and the click-through rate
    ``(clicks + 5·rate) / (impressions + 5)``, 1 at most, with ``rate`` that of the training rows, and missing
    where these have no impressions. With ``elapsed``
    (seconds since the session's first event) also dwell times in seconds: mean, shortest, longest and last
    gap, the session's length, the gap after each type of event, and seconds since each type was last seen.
    From any other sequence of numbers (``price``): mean, smallest, largest, last, and last over mean. From
    any other sequence of texts (``item_id``, ``query``): present entries, distinct ones, and repeats.

    Args:
        columns: The sequence columns, as plain values or `Column`.
        max_types: Event types, the commonest of the training rows, that get numbers of their own.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of column to ``(batch, events)``, padded at the end with ``""`` or NaN, to float32
        ``(batch, statistics)`` with NaN where a statistic is not defined.

    Example:
        >>> layer = SessionStatistics([Column("event_type", "sequence", "string", "session")])
        >>> layer.adapt({"event_type": tf.constant([["browse", "click"], ["browse", ""]])})
        >>> numbers = layer({"event_type": tf.constant([["browse", "browse", "click"]])})
        >>> dict(zip(layer.names, numbers[0].numpy().tolist()))["count browse"]
        2.0
    """

    def __init__(
        self, columns: Sequence[Column | dict[str, Any]], max_types: int = 12, **kwargs: Any
    ) -> None:
        # Raw seconds and prices must not be rounded to half precision on their way in.
        super().__init__(**{"autocast": False, **kwargs})
        self.columns = tuple(each if isinstance(each, Column) else Column(**each) for each in columns)
        self.max_types = max_types
        self.types: tuple[str, ...] = ()
        self.rate: float | None = None
        values = {column.name: column.values for column in self.columns}
        self.has_types = values.get("event_type") == "string"
        self.has_elapsed = values.get("elapsed") == "float"

    def adapt(self, sequences: dict[str, Any]) -> None:
        """Learn the event types and the click-through rate from training rows."""
        if self.has_types:
            words, _, times = tf.unique_with_counts(tf.reshape(sequences["event_type"], [-1]))
            counts = Counter(
                {word.decode(): int(n) for word, n in zip(words.numpy(), times, strict=True) if word}
            )
            self.types = tuple(sorted(sorted(counts), key=lambda word: -counts[word])[: self.max_types])
            clicks, impressions = (sum(counts[word] for word in words) for words in (CLICKS, IMPRESSIONS))
            self.rate = min(clicks / impressions, 1.0) if impressions else None

    @property
    def names(self) -> tuple[str, ...]:
        """What each statistic is, in the order of the output."""
        names = []
        if self.has_types:
            names += ["events", "distinct event types", "click-through rate"]
            names += [f"{what} {kind}" for what in ("count", "recent") for kind in self.types]
        if self.has_elapsed:
            names += [f"{what} dwell" for what in ("mean", "shortest", "longest", "last")] + ["elapsed"]
            if self.has_types:
                names += [f"dwell after {kind}" for kind in self.types]
                names += [f"seconds since {kind}" for kind in self.types]
        for name in self._of("float"):
            names += [f"{what} {name}" for what in ("mean", "smallest", "largest", "last", "last over mean")]
        for name in self._of("string"):
            names += [f"{what} {name}" for what in ("present", "distinct", "repeated")]
        return tuple(names)

    def call(self, inputs: dict[str, Any]) -> tf.Tensor:
        """Compute the statistics ``(batch, statistics)``, in the order of `names`."""
        floats = [column.name for column in self.columns if column.values == "float"]
        inputs = {**inputs, **{name: winsorised(inputs[name]) for name in floats}}
        numbers: list[tf.Tensor] = []
        seen = {kind: inputs["event_type"] == kind for kind in self.types} if self.has_types else {}
        if self.has_types:
            numbers += self._event_types(inputs["event_type"], seen)
        if self.has_elapsed:
            numbers += _times(inputs["elapsed"], seen)
        for name in self._of("float"):
            mean, smallest, largest, latest = summary(inputs[name])
            numbers += [mean, smallest, largest, latest, latest / mean]
        for name in self._of("string"):
            entries, distinct = count(present(inputs[name])), count_distinct(inputs[name])
            numbers += [entries, distinct, entries - distinct]
        return tf.stack(numbers, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments and what was learnt."""
        columns = [asdict(column) for column in self.columns]
        learnt = {"types": list(self.types), "rate": self.rate}
        return {**super().get_config(), "columns": columns, "max_types": self.max_types, "learnt": learnt}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SessionStatistics":
        """Return what `get_config` described."""
        config = dict(config)
        learnt = config.pop("learnt")
        layer = cls(**config)
        layer.restore(learnt)
        return layer

    def restore(self, learnt: dict[str, Any]) -> None:
        """Take over what `get_config` wrote as ``learnt``."""
        self.types, self.rate = tuple(learnt["types"]), learnt["rate"]

    def _of(self, values: str) -> list[str]:
        special = {"event_type": self.has_types, "elapsed": self.has_elapsed}
        names = [column.name for column in self.columns if column.values == values]
        return [name for name in names if not special.get(name)]

    def _event_types(self, types: tf.Tensor, seen: dict[str, tf.Tensor]) -> list[tf.Tensor]:
        there = present(types)
        clicks, impressions = (
            tf.add_n([count(types == word) for word in words]) for words in (CLICKS, IMPRESSIONS)
        )
        rate = tf.fill(tf.shape(clicks), NAN)
        if self.rate is not None:
            rate = tf.minimum((clicks + SMOOTHING * self.rate) / (impressions + SMOOTHING), 1.0)
        after = tf.cumsum(tf.cast(there, tf.float32), axis=1, exclusive=True, reverse=True)
        weight = tf.pow(0.5, after / HALF_LIFE)
        recent = [total(weight, where) for where in seen.values()]
        return [count(there), count_distinct(types), rate, *map(count, seen.values()), *recent]


def _times(elapsed: tf.Tensor, seen: dict[str, tf.Tensor]) -> list[tf.Tensor]:
    gaps = dwell(elapsed)
    now = last(elapsed, present(elapsed))
    has_gap = present(gaps)
    after = [total(gaps, event_before(where, first=False) & has_gap) for where in seen.values()]
    since = [now - last(elapsed, where) for where in seen.values()]
    return [*summary(gaps), now, *after, *since]
