"""Numbers that say what a shopper did in a session, computed in the graph from the raw event arrays."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.event_arrays import NAN, count, count_distinct, present, summary, total, winsorised
from intent_tf.columns.event_clock import EventClock
from intent_tf.data.sequence_roles import ROLE_OF_NAME
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
    """Summarises the event arrays of a session, or of a history such as past purchases, as numbers.

    What is computed of a column goes by its role:

    - ``event_type``: events, distinct types, events of each type, the same with recent events counting more
      (``Σ ½^(events after / 2)``), which holds the share of each type's most recent event, and the
      click-through rate ``(clicks + 5·rate) / (impressions + 5)``, 1 at most, with ``rate`` that of the
      training rows; missing where these have no impressions. Beyond event logs also which type is the first.
    - ``time``: dwell (the gaps between events; mean, shortest, longest and last) and the last time. Unless
      times start at 0, as those of a session do, also the first time, the time between both, the number of
      events, and that of the events within some windows before now, whose lengths are quantiles of training
      rows; see `EventClock`. The first time of a sequence group also gives, for each type of event of the
      group, the dwell after it and the time from its last event to now.
    - other numbers: mean, smallest, largest, last, and last over mean; of a ``price`` beyond event logs also
      the total, times the ``quantity`` of its group.
    - other strings (``item``, ``query``): present entries, distinct ones, and repeats.

    Args:
        columns: The sequence columns, as plain values or `Column`.
        max_types: Event types of a column, the commonest of the training rows, that get numbers of their own.
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
        of_types = [each for each in self.columns if each.role == "event_type"]
        #: What was learnt, by column: event types, click-through rates, whether the first type is told, the
        #: quantity that belongs to a price whose total is told, and how times run.
        self.types: dict[str, tuple[str, ...]] = {each.name: () for each in of_types}
        self.rates: dict[str, float | None] = {each.name: None for each in of_types}
        self.firsts: tuple[str, ...] = ()
        self.amounts: dict[str, str] = {}
        self.clocks = {each.name: EventClock() for each in self.columns if each.role == "time"}
        groups = {each.group: each.name for each in reversed(self.columns) if each.role == "time"}
        #: The columns of types that a time is told of.
        self.timed = {
            time: [each.name for each in of_types if groups.get(each.group) == time] for time in self.clocks
        }

    def adapt(self, sequences: dict[str, Any]) -> None:
        """Learn event types, click-through rates, and how times run, from training rows.

        Args:
            sequences: Columns, ragged ``(rows, events)`` or padded; those of other roles may be missing.
        """
        for name in self.types:
            values = sequences[name]
            flat = values.flat_values if isinstance(values, tf.RaggedTensor) else tf.reshape(values, [-1])
            words, _, times = tf.unique_with_counts(flat)
            counts = Counter(
                {word.decode(): int(n) for word, n in zip(words.numpy(), times, strict=True) if word}
            )
            self.types[name] = tuple(sorted(sorted(counts), key=lambda word: -counts[word])[: self.max_types])
            clicks, impressions = (sum(counts[word] for word in words) for words in (CLICKS, IMPRESSIONS))
            self.rates[name] = min(clicks / impressions, 1.0) if impressions else None
        logged = {each.group for each in self.columns if each.name == "event_type"}
        others = [each for each in self.columns if each.group not in logged]
        self.firsts = tuple(each.name for each in others if each.role == "event_type")
        quantities = {each.group: each.name for each in others if each.role == "quantity"}
        self.amounts = {each.name: quantities.get(each.group, "") for each in others if each.role == "price"}
        for name in self.clocks:
            if name in sequences:
                self.clocks[name] = EventClock.of(sequences[name], name)

    @property
    def names(self) -> tuple[str, ...]:
        """What each statistic is, in the order of the output."""
        names = []
        for name, types in self.types.items():
            own = [
                "events",
                "distinct event types",
                *(["click-through rate"] if self._has_rate(name) else []),
            ]
            told = ("count", "recent", "first") if name in self.firsts else ("count", "recent")
            own += [f"{what} {kind}" for what in told for kind in types]
            names += [_prefix(name, "event_type") + each for each in own]
        for name, clock in self.clocks.items():
            own = list(clock.names)
            for each in self.timed[name]:
                kinds = [_prefix(each, "event_type") + kind for kind in self.types[each]]
                own += [f"dwell after {kind}" for kind in kinds]
                own += [f"{'seconds' if name == 'elapsed' else 'time'} since {kind}" for kind in kinds]
            names += [_prefix(name, "time") + each for each in own]
        for name in self._of("float"):
            names += [f"{what} {name}" for what in ("mean", "smallest", "largest", "last", "last over mean")]
            names += [f"total {name}"] if name in self.amounts else []
        for name in self._of("string"):
            names += [f"{what} {name}" for what in ("present", "distinct", "repeated")]
        return tuple(names)

    def call(self, inputs: dict[str, Any]) -> tf.Tensor:
        """Compute the statistics ``(batch, statistics)``, in the order of `names`."""
        floats = [column.name for column in self.columns if column.values == "float"]
        inputs = {**inputs, **{name: winsorised(inputs[name]) for name in floats}}
        numbers: list[tf.Tensor] = []
        seen = {name: [inputs[name] == kind for kind in types] for name, types in self.types.items()}
        for name, where in seen.items():
            numbers += [count(present(inputs[name])), count_distinct(inputs[name])]
            numbers += [_click_through(inputs[name], self.rates[name])] if self._has_rate(name) else []
            numbers += [*map(count, where), *_recent(inputs[name], where)]
            numbers += _first(inputs[name], where) if name in self.firsts else []
        for name, clock in self.clocks.items():
            numbers += clock.numbers(inputs[name])
            for each in self.timed[name]:
                numbers += clock.numbers_of(seen[each], inputs[name])
        for name in self._of("float"):
            mean, smallest, largest, latest = summary(inputs[name])
            numbers += [mean, smallest, largest, latest, latest / mean]
            numbers += [self._total(inputs, name)] if name in self.amounts else []
        for name in self._of("string"):
            entries, distinct = count(present(inputs[name])), count_distinct(inputs[name])
            numbers += [entries, distinct, entries - distinct]
        return tf.stack(numbers, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments and what was learnt."""
        columns = [asdict(column) for column in self.columns]
        types = {name: list(each) for name, each in self.types.items()}
        clocks = {name: asdict(clock) for name, clock in self.clocks.items()}
        learnt = {"types": types, "rates": self.rates, "clocks": clocks}
        learnt |= {"firsts": list(self.firsts), "amounts": self.amounts}
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
        if "rate" in learnt:  # of a file in which names told the roles
            learnt = {"types": {"event_type": learnt["types"]}, "rates": {"event_type": learnt["rate"]}}
        self.types |= {name: tuple(learnt["types"][name]) for name in self.types}
        self.rates |= {name: learnt["rates"][name] for name in self.rates}
        self.firsts, self.amounts = tuple(learnt.get("firsts", ())), dict(learnt.get("amounts", {}))
        self.clocks |= {name: EventClock.from_config(each) for name, each in learnt.get("clocks", {}).items()}

    def _total(self, inputs: dict[str, Any], name: str) -> tf.Tensor:
        """Sum up a price, times its quantity if there is one; one that is missing is one piece."""
        prices, quantity = inputs[name], self.amounts[name]
        if not quantity:
            return total(prices, present(prices))
        pieces = tf.where(present(inputs[quantity]), inputs[quantity], 1.0)
        return total(prices * pieces, present(prices))

    def _has_rate(self, name: str) -> bool:
        """Tell whether types have a click-through rate; those of an event log always do."""
        return self.rates[name] is not None or not _prefix(name, "event_type")

    def _of(self, values: str) -> list[str]:
        summarised = [each for each in self.columns if each.role not in ("event_type", "time")]
        return [column.name for column in summarised if column.values == values]


def _prefix(name: str, role: str) -> str:
    """Tell whose a statistic is, where it is not the column of an event log that everybody knows."""
    return "" if ROLE_OF_NAME.get(name) == role else f"{name}: "


def _click_through(types: tf.Tensor, training_rate: float | None) -> tf.Tensor:
    clicks, impressions = (
        tf.add_n([count(types == word) for word in words]) for words in (CLICKS, IMPRESSIONS)
    )
    if training_rate is None:
        return tf.fill(tf.shape(clicks), NAN)
    return tf.minimum((clicks + SMOOTHING * training_rate) / (impressions + SMOOTHING), 1.0)


def _recent(types: tf.Tensor, seen: list[tf.Tensor]) -> list[tf.Tensor]:
    after = tf.cumsum(tf.cast(present(types), tf.float32), axis=1, exclusive=True, reverse=True)
    weight = tf.pow(0.5, after / HALF_LIFE)
    return [total(weight, where) for where in seen]


def _first(types: tf.Tensor, seen: list[tf.Tensor]) -> list[tf.Tensor]:
    is_first = tf.cumsum(tf.cast(present(types), tf.int32), axis=1) == 1
    return [count(where & is_first) for where in seen]
