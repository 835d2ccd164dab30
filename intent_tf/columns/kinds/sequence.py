"""Sequences: a list a row, with one entry an event."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras
import pandas as pd
import tensorflow as tf

from intent_tf.columns.event_arrays import last_events, padded_to, present, without_stand_in
from intent_tf.columns.kinds.binning import Binning, lengths
from intent_tf.columns.kinds.column_kind import (
    ColumnEncoder,
    ColumnKind,
    EncodingOptions,
    Typical,
)
from intent_tf.columns.kinds.column_profile import NUMERIC, ColumnProfile
from intent_tf.columns.kinds.separated_lists import commonest_format, find_list_format
from intent_tf.columns.kinds.sequence_role import infer_roles
from intent_tf.columns.raw_columns import RawColumns, plain_numbers, to_dataset
from intent_tf.columns.session_statistics import SessionStatistics
from intent_tf.columns.session_tokens import SessionTokens, is_rendered
from intent_tf.data.sequence_roles import ROLES
from intent_tf.data.sequences import is_list, read_lists
from intent_tf.data.specification import Column, ValueType
from intent_tf.errors import InputError

#: Events kept at the graph's entry, the last ones: they bound what a row costs.
MAX_EVENTS = 1000
#: Rows that tell what all rows hold.
_SAMPLE = 1000
_EVENTS = 4
_ROWS_AT_ONCE = 1024


class SequenceEncoder(ColumnEncoder):
    """Summarises events as numbers (`SessionStatistics`) and renders them as a document (`SessionTokens`).

    Args:
        columns: The sequence columns.
        options: How they are encoded.
        **kwargs: Those of every Keras layer.
    """

    def __init__(self, columns: Sequence[Column], options: EncodingOptions, **kwargs: Any) -> None:
        super().__init__(columns, **kwargs)
        self.has_document = options.documents
        self.statistics = SessionStatistics(columns, name="statistics")
        rendered = {column.name: column.role for column in columns if is_rendered(column)}
        self.tokens = (
            SessionTokens(
                rendered,
                options.tokenizer,
                options.max_session_tokens,
                options.min_count,
                options.max_vocabulary,
                options.oov_buckets,
                name="tokens",
            )
            if rendered
            else None
        )
        self.has_words = self.tokens is not None

    @property
    def number_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Name the statistics."""
        return self.statistics.names

    def adapt(self, raw: RawColumns) -> None:
        """Learn event types, the click-through rate and the vocabulary of rendered events."""
        self.statistics.adapt({name: raw[name] for name in self.names})
        if self.tokens:
            self.tokens.adapt(to_dataset(raw, _ROWS_AT_ONCE).map(self.entered))

    def entered(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Keep each row's last events, and let what a server appended to them be missing.

        All sequences are then ``(batch, events)``, so that events can be told side by side.
        """
        events = {
            column.name: without_stand_in(
                last_events(inputs[column.name], inputs[column.length_name], MAX_EVENTS)
            )
            for column in self.columns
        }
        longest = tf.reduce_max([tf.shape(values)[1] for values in events.values()])
        return {**inputs, **{name: padded_to(longest, values) for name, values in events.items()}}

    def blank(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Tell which rows have no event, or none of which anything is known."""
        known = [tf.reduce_any(present(inputs[name]), axis=1) for name in self.names]
        return ~tf.reduce_any(tf.stack(known), axis=0)

    def numbers(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Summarise the events."""
        return self.statistics(dict(inputs))

    def feature_specs(self) -> dict[str, keras.KerasTensor]:
        """Tell a document of any length."""
        has_document = self.tokens and self.has_document
        return {"session": keras.KerasTensor((None, None), "int32")} if has_document else {}

    def call(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Render and look up."""
        return {name: self.tokens(dict(inputs)) for name in self.feature_specs() if self.tokens}

    def vocabularies(self) -> dict[str, list[str]]:
        """List the tokens of rendered events."""
        oov = 1 + (self.tokens.oov_buckets if self.tokens else 0)
        words = ["", *["…"] * (oov - 1), *self.rendered_vocabulary()[oov:]]
        return dict.fromkeys(self.feature_specs(), words)

    def rendered(self, inputs: Mapping[str, tf.Tensor]) -> tf.RaggedTensor | None:
        """Write the events as tokens."""
        return self.tokens.render(dict(inputs)) if self.tokens else None

    def rendered_vocabulary(self) -> list[str]:
        """List the tokens of rendered events."""
        return self.tokens.lookup.get_vocabulary() if self.tokens else []

    def words(self, raw: RawColumns) -> list[tf.Tensor]:
        """Join the texts of each row's events."""
        names = self.tokens.worded if self.tokens else ()
        return [tf.strings.reduce_join(raw[name], axis=-1, separator=" ") for name in names]

    def limits(self) -> dict[str, int]:
        """Tell how many events are kept, the last ones."""
        return {"last_events": MAX_EVENTS}

    def state(self) -> Any:
        """Return what the statistics have learnt."""
        return self.statistics.get_config()["learnt"]

    def restore(self, state: Any) -> None:
        """Take it over."""
        self.statistics.restore(state)


class SequenceColumns(ColumnKind):
    """A list a row, also in a text; lists that are equally long in every row are one group."""

    name = "sequence"
    values = ("string", "float")
    binning = Binning(lengths, " events", "{:.0f}".format)
    has_words = True
    is_list = True

    def claims(self, profile: ColumnProfile) -> bool:
        """Claim lists, as such or as text."""
        return is_list(profile.present) or _are_lists(profile) or find_list_format(profile) is not None

    def column(self, profile: ColumnProfile) -> Column:
        """Describe it, as a group of its own."""
        written = None
        if not is_list(profile.present) and not _are_lists(profile):
            written = find_list_format(profile) or commonest_format(profile)
        rows = read_lists(profile.present.iloc[:_SAMPLE], profile.name, written, file=profile.file)
        entries = pd.Series([entry for each in rows for entry in each], dtype=object).dropna()
        if written is None:
            are_numbers = pd.api.types.infer_dtype(entries) in (*NUMERIC, "boolean")
        else:
            are_numbers = bool(plain_numbers(entries[entries != ""]).notna().all())
        values: ValueType = "float" if are_numbers else "string"
        return Column(profile.name, self.name, values, profile.name or "unnamed", written=written)

    def grouped(self, columns: Sequence[Column], profiles: Mapping[str, ColumnProfile]) -> list[Column]:
        """Give columns whose lists are equally long in every row one group, and each its role in it.

        A group is named after its first column, or ``session`` if it has a column ``event_type``.
        """
        groups: dict[tuple[int, ...], list[Column]] = {}
        rows = {
            each.name: read_lists(profiles[each.name].values, each.name, each.written) for each in columns
        }
        for column in columns:
            groups.setdefault(tuple(map(len, rows[column.name])), []).append(column)
        found: dict[str, Column] = {}
        for group in groups.values():
            values = {column.name: column.values for column in group}
            roles = infer_roles({name: rows[name] for name in values}, values)
            name = "session" if "event_type" in roles else group[0].group
            found |= {each.name: with_role(replace(each, group=name), roles[each.name]) for each in group}
        return [found[column.name] for column in columns]

    def encoder(self, columns: Sequence[Column], options: EncodingOptions) -> SequenceEncoder:
        """Encode events as statistics and as a document."""
        return SequenceEncoder(columns, options, name="sequences")

    def sample(self, column: Column, encoder: ColumnEncoder, row: int, typical: Typical) -> list[Any]:
        """Make events of the commonest types."""
        assert isinstance(encoder, SequenceEncoder)
        name, events, statistics = column.name, range(_EVENTS * (row + 1)), encoder.statistics
        if types := statistics.types.get(name):
            return [types[event % min(len(types), 4)] for event in events]
        if column.role == "time":
            times = [float(20 * event) for event in events]
            return times[::-1] if statistics.clocks[name].runs == "falling" else times
        if column.values == "float":
            return [typical(f"mean {name}", row) for _ in events]
        if encoder.tokens and name in encoder.tokens.worded:
            words = [word for word in encoder.tokens.lookup.get_vocabulary()[2:] if word[0] != "["]
            return [" ".join(words[event : event + 3]) for event in events]
        return [f"{name} {event % 3}" for event in events]


def _are_lists(profile: ColumnProfile) -> bool:
    """Tell whether texts are lists of JSON, or as Python prints them."""
    texts = profile.texts
    if not (len(texts) and texts.str.startswith("[").all() and texts.str.endswith("]").all()):
        return False
    try:
        read_lists(texts.iloc[:_SAMPLE], "")
    except InputError:
        return False
    return True


def with_role(column: Column, role: str) -> Column:
    """Give a sequence column a role; numbers that are said to be strings are read as such.

    Raises:
        InputError: If strings are said to be numbers.
    """
    values = ROLES[role]
    if values == "float" != column.values:
        fitting = [name for name, values in ROLES.items() if values == "string"]
        raise InputError(
            f"the role {role!r} needs numbers, and the lists hold texts",
            column=column.name,
            expected=", ".join(fitting),
        )
    return replace(column, role=role, values=values)
