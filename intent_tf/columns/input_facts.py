"""Counts what a table lacks for a model: missing cells, unknown categories, and columns that are not read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.kinds.category import CategoryEncoder
from intent_tf.columns.kinds.column_kind import EncodingOptions
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.columns.raw_columns import RawColumns, is_word_for_missing, raw_columns
from intent_tf.data.facts import Facts
from intent_tf.data.seen import MOST_CATEGORIES, Seen
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.text import Tokenizer

#: A share is told as a warning if it is larger than this, and so many times as large as in training rows.
_LARGE, _TIMES = 0.2, 4
_NAMED = 10


@dataclass
class InputCounts:
    """What is counted of rows, and can be sent from one process to another.

    Args:
        rows: Number of rows.
        missing: Missing cells, by column.
        unknown: Cells of unknown categories, by column.
        unread: Cells that cannot be read, and so are among the missing, by column.
        first_unread: The first of them and the number of its row, by column.
    """

    rows: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    first_unread: dict[str, tuple[str, object]] = field(default_factory=dict)

    def add(self, other: "InputCounts") -> "InputCounts":
        """Add what was counted of other rows."""
        self.rows += other.rows
        for name in ("missing", "unknown", "unread"):
            getattr(self, name).update(getattr(other, name))
        self.first_unread = other.first_unread | self.first_unread
        return self


class InputFacts:
    """Counts, chunk by chunk, the missing cells and unknown categories of a model's columns.

    Args:
        specification: The columns, with what training rows had in them.

    Example:
        >>> specification = FeatureSpecification((Column("price", "number", "float"),))
        >>> counted = InputFacts(specification)
        >>> counted.add(pd.DataFrame({"price": ["9.5", ""], "note": ["a", "b"]}))
        >>> facts = Facts()
        >>> counted.tell(facts, ["price", "note"])
        >>> print(facts.written())
        input
          missing cells: price 50.0 %
          columns not read: note
        warnings
          ! 50.0 % of the cells of 'price' are missing, 0.0 % in training
    """

    def __init__(self, specification: FeatureSpecification) -> None:
        self.specification = specification
        self.counts = InputCounts()
        known = {
            column: seen.categories
            for column in specification.columns
            if (seen := specification.seen.get(column.name, Seen())).categories
        }
        of_kind: dict[str, list[Column]] = {}
        for column in specification.columns:
            of_kind.setdefault(column.kind, []).extend([] if column.is_list else [column])
        options = EncodingOptions(Tokenizer())
        self._encoders = [kind_of(kind).encoder(each, options) for kind, each in of_kind.items() if each]
        self._categories = CategoryEncoder(tuple(known), {}) if known else None
        for lookup, vocabulary in zip(
            self._categories.ids.lookups if self._categories else (), known.values(), strict=True
        ):
            lookup.set_vocabulary(list(vocabulary))

    def add(self, frame: pd.DataFrame) -> None:
        """Count the rows of a table that has all columns."""
        self.add_rows(raw_columns(frame, self.specification), frame.index)

    def add_rows(self, raw: RawColumns, numbers: np.ndarray | pd.Index) -> None:
        """Count rows that are tensors already, and what their numbers in the file are."""
        entered = self.add_columns(raw, self._categories)
        for column in self.specification.columns:
            if column.written and not column.is_list:
                missing = np.flatnonzero(_missing(entered[column.name]))
                cells = pd.Series(tf.gather(raw[column.name], missing).numpy(), missing, dtype=object)
                cells = cells.str.decode("utf-8").str.strip()
                unread = cells[~(is_word_for_missing(cells) | cells.isin(column.missing)).astype(bool)]
                self.counts.unread[column.name] += len(unread)
                if len(unread):
                    first = (unread.iloc[0], numbers[unread.index[0]])
                    self.counts.first_unread.setdefault(column.name, first)

    def add_columns(self, raw: RawColumns, categories: CategoryEncoder | None) -> dict[str, tf.Tensor]:
        """Count rows, given as tensors, by an encoder that knows categories; returns what was read."""
        entered = dict(raw)
        for encoder in self._encoders:  # numbers are read, and categories spelt, as in the graph
            entered = encoder.entered(entered)
        missing = {column.name: _missing(entered[column.name]) for column in self.specification.columns}
        self.counts.rows += len(next(iter(missing.values())))
        self.counts.missing.update({name: int(each.sum()) for name, each in missing.items()})
        if categories is not None:
            ids = categories.category_ids(entered).numpy()
            for name, column in zip(categories.names, ids.T, strict=True):
                self.counts.unknown[name] += int(((column == 0) & ~missing[name]).sum())
        return entered

    def seen(self, categories: CategoryEncoder | None) -> dict[str, Seen]:
        """Return what later rows are held against, if these are the training rows."""
        names = categories.names if categories else ()
        learnt = {name: tuple(categories.ids.categories(name)) for name in names if categories}
        told = {name: each for name, each in learnt.items() if len(each) <= MOST_CATEGORIES}
        return {name: Seen(*self._shares(name), told.get(name, ())) for name in self.counts.missing}

    def tell(self, facts: Facts, columns: Sequence[str]) -> None:
        """Tell the shares, and warn of those that are far above those of training rows.

        Args:
            facts: Takes them.
            columns: All columns of the table.
        """
        names = [column.name for column in self.specification.columns]
        shares = {name: self._shares(name) for name in names}
        known = self._categories.names if self._categories else ()
        facts.tell("missing cells", _percent({name: shares[name][0] for name in names}))
        if known:
            facts.tell("unknown categories", _percent({name: shares[name][1] for name in known}))
        others = [name for name in columns if name not in {*names, *self.specification.lengths}]
        if others:
            facts.tell("columns not read", _shortened(others))
        for name, (cell, row) in self.counts.first_unread.items():
            column, count = self.specification[name], self.counts.unread[name]
            option = kind_of(column.kind).option
            told = f" (with {option} {name}=…)" if option else ""
            facts.warn(
                f"{count:,} cell{'s' * (count > 1)} of {name!r} cannot be read and count as missing, such as "
                f"{cell!r} in row {row}: write them as in training ({column.described}), or train anew{told}"
            )
        for name in names:
            seen = self.specification.seen.get(name, Seen())
            usual = {"are missing": seen.missing, "are unknown categories": seen.unknown}
            for share, (what, before) in zip(shares[name], usual.items(), strict=True):
                if share > max(_LARGE, _TIMES * before):
                    now, before = 100 * share, 100 * before
                    facts.warn(f"{now:.1f} % of the cells of {name!r} {what}, {before:.1f} % in training")

    def _shares(self, name: str) -> tuple[float, float]:
        present = self.counts.rows - self.counts.missing[name]
        return self.counts.missing[name] / max(1, self.counts.rows), self.counts.unknown[name] / max(
            1, present
        )


def _missing(values: tf.Tensor | tf.RaggedTensor) -> np.ndarray:
    if isinstance(values, tf.RaggedTensor):
        return np.asarray(values.row_lengths()) == 0
    is_missing = tf.strings.strip(values) == "" if values.dtype == tf.string else tf.math.is_nan(values)
    # A date is several numbers, and all of them are missing or none.
    return np.any(np.reshape(is_missing, (len(values), -1)), axis=1)


def _percent(shares: dict[str, float]) -> str:
    largest = sorted((name for name in shares if shares[name]), key=lambda name: -shares[name])
    return _shortened([f"{name} {100 * shares[name]:.1f} %" for name in largest]) or "none"


def _shortened(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
