"""Sets: several values in one cell, in no order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from intent_tf.columns.kinds.binning import Binning
from intent_tf.columns.kinds.column_kind import ColumnEncoder, ColumnKind, EncodingOptions, Typical
from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.data.sequences import is_list
from intent_tf.data.set_format import SetFormat
from intent_tf.data.specification import Column
from intent_tf.errors import InputError
from intent_tf.layers.set_members import SetMembers

#: What may stand between members, the first that fits.
_SEPARATORS = (";", "|", ",", "/", "+")
#: Members that are told apart, and training rows that each must be in.
_MOST_MEMBERS, _LEAST_ROWS = 64, 5
#: Share of the cells that must hold several members, and members of the median cell at most.
_SEVERAL, _MEDIAN = 0.1, 10


class SetEncoder(ColumnEncoder):
    """Gives, for each column, a number a member, 0 or 1, their count and the share of unknown ones.

    Args:
        columns: The set columns.
        **kwargs: Those of every Keras layer.
    """

    def __init__(self, columns: Sequence[Column], **kwargs: Any) -> None:
        super().__init__(columns, **kwargs)
        formats = [_format(column) for column in columns]
        self.members = [SetMembers(each.separator, each.members) for each in formats]
        self.number_names = tuple(
            number
            for name, each in zip(self.names, formats, strict=True)
            for number in (
                *(f"{member} in {name}" for member in each.members),
                f"members of {name}",
                f"unknown share of {name}",
            )
        )

    def numbers(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Read the cells."""
        read = zip(self.names, self.members, strict=True)
        return tf.concat([members(inputs[name]) for name, members in read], axis=1)


class Set(ColumnKind):
    """Several words or codes in one cell, such as ``red;blue``, whose order says nothing."""

    name = "set"
    values = ("string",)
    binning = Binning(whole=True)

    def claims(self, profile: ColumnProfile) -> bool:
        """Claim texts in which few members, behind one separator, come again in many combinations."""
        return profile.content == "string" and any(_is_set(profile, each) for each in _SEPARATORS)

    def column(self, profile: ColumnProfile) -> Column:
        """Describe it: the separator, and the members that enough training rows have.

        Raises:
            InputError: If no cell holds anything that is there often enough.
        """
        if is_list(profile.present):
            separator, cells = ",", [list(map(str, cell)) for cell in profile.present]
        else:
            fitting = [each for each in _SEPARATORS if _is_set(profile, each)]
            common = max(_SEPARATORS, key=lambda each: profile.texts.str.contains(each, regex=False).mean())
            separator = fitting[0] if fitting else common
            cells = _cells(profile, separator)
        counts = Counter(member for cell in cells for member in set(cell))
        order = sorted(counts, key=lambda member: (-counts[member], member))
        members = tuple(each for each in order[:_MOST_MEMBERS] if counts[each] >= _LEAST_ROWS)
        if not members:
            raise InputError(
                f"no member between {separator!r} is in {_LEAST_ROWS} training rows",
                expected="a set of members that come again",
                remedy=f"take it for texts: --kinds {profile.name}=text",
                file=profile.file,
                column=profile.name,
            )
        return Column(profile.name, self.name, "string", written=SetFormat(separator, members))

    def encoder(self, columns: Sequence[Column], options: EncodingOptions) -> SetEncoder:
        """Encode sets by their members."""
        return SetEncoder(columns, name="sets")

    def sample(self, column: Column, encoder: ColumnEncoder, row: int, typical: Typical) -> str:
        """Take some of the commonest members."""
        written = _format(column)
        return written.separator.join(written.members[: row + 1])


def _is_set(profile: ColumnProfile, separator: str) -> bool:
    cells = _cells(profile, separator)
    lengths = np.fromiter(map(len, cells), int, len(cells))
    distinct = len({member for cell in cells for member in cell})
    return bool(
        len(cells)
        and (lengths > 1).mean() >= _SEVERAL
        and np.median(lengths) <= _MEDIAN
        and distinct <= max(2, len(cells) ** 0.5)
        # A path such as ``Home/Garden`` has no more values than parts: it is a category.
        and profile.distinct > 1.5 * distinct
    )


def _cells(profile: ColumnProfile, separator: str) -> list[list[str]]:
    """Cut the cells as `SetMembers` does."""
    texts = profile.texts.str.replace(r"^\s*\[|\]\s*$|\"", "", regex=True)
    parts = texts.str.split(separator, regex=False)
    return [[stripped for part in cell if (stripped := part.strip())] for cell in parts]


def _format(column: Column) -> SetFormat:
    return column.written if isinstance(column.written, SetFormat) else SetFormat()
