"""Infers from a table which columns a model can take and of what kind each is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.columns.kinds.number_text import table_decimal
from intent_tf.columns.kinds.registry import KINDS, asked_in_turn, kind_of
from intent_tf.columns.kinds.sequence import with_role
from intent_tf.data.sequence_roles import read_role
from intent_tf.data.sequences import is_list
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

#: What pandas calls the content of a column whose values nothing can be made of.
_NEITHER = ("bytes", "complex", "timedelta", "timedelta64")


def infer_specification(
    frame: pd.DataFrame,
    label: str,
    *,
    kinds: Mapping[str, str] | None = None,
    drop: Sequence[str] = (),
    groups: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
    dates: Mapping[str, str] | None = None,
    now: str | None = None,
    file: object = None,
) -> FeatureSpecification:
    """Infer the feature specification from training rows.

    Numbers and booleans are ``number``, also as texts of which up to 5 % are none (at most 20 spellings,
    which are then missing); dates and times of day ``date``, likewise; texts of several members that come
    again in many combinations ``set``; lists (in texts those of JSON, of Python, and those that
    `find_list_format` finds) ``sequence``; text of more than about two words (or of CJK characters) that
    mostly differs from row to row ``text``; other text ``category``. Excluded, with the reason: constants,
    nested structures, and identifiers (all values differ). Sequences whose lists are equally long in every
    row are one group, named after the first of them; one with the column ``event_type`` is called
    ``session``. What each tells of events, its role, is inferred by `infer_roles`.

    Args:
        frame: Training rows.
        label: The label column; empty where there is none.
        kinds: Kinds of columns known better: they override what is inferred.
        drop: Columns that must not be features.
        groups: Names of sequence groups, by a column of each.
        roles: Roles of sequence columns known better, such as ``{"page": "event_type"}``; see `infer_roles`.
        dates: How dates are written, by column, such as ``{"ordered": "day-first"}``; see `declared_format`.
        now: The date column that tells the prediction time.
        file: Where the table came from, for messages.

    Raises:
        InputError: If a named column is not in the table, the label is given a kind, a column given as text
            holds numbers, one that is given a group or a role no lists, a role is unknown or does not fit the
            values, or there is more than one way of reading dates.

    Example:
        >>> frame = pd.DataFrame({"price": [1.5, 2, 3, 4], "bought": [0, 1, 0, 1]})
        >>> print(infer_specification(frame, "bought").describe())
          column  kind    values
          price   number  float
          bought  label   purchase = 1
    """
    dates = {**({now: ""} if now else {}), **(dates or {})}
    kinds = {**dict.fromkeys(dates, "date"), **(kinds or {})}
    for name in (*([label] if label else []), *kinds, *drop, *(groups or {}), *(roles or {})):
        if name not in frame.columns:
            names = [str(column) for column in frame.columns]
            raise InputError(
                f"no column {name!r}{nearest(name, names)}", expected=", ".join(names), file=file
            )
    if label in kinds:
        raise InputError("the label is also a feature", file=file, column=label, remedy="give it no kind")
    columns: list[Column] = []
    excluded = dict.fromkeys(drop, "dropped by request")
    profiles = {
        name: ColumnProfile(name, frame[name], file, dates=dates.get(name, ""), is_now=name == now)
        for name in frame.columns
        if name != label and name not in excluded
    }
    numbers = [
        profile
        for name, profile in profiles.items()
        if kinds.get(name, "number") == "number" and not is_list(profile.present)
    ]
    decimal = table_decimal(profile.number_texts for profile in numbers if profile.number_texts)
    for name, profile in profiles.items():
        profile.decimal = decimal
        kind = kind_of(kinds[name], name) if name in kinds else None
        reason = "" if kind else _unusable(profile)
        if not kind and not reason:
            kind = next(each for each in asked_in_turn() if each.claims(profile))
            reason = kind.excludes(profile)
        if reason or kind is None:
            excluded[name] = reason
        else:
            columns.append(kind.column(profile))
    for kind in KINDS.values():
        own = kind.grouped([column for column in columns if column.kind == kind.name], profiles)
        of_name = {column.name: column for column in own}
        columns = [of_name.get(column.name, column) for column in columns]
    of_name = {column.name: column for column in columns}
    for what, given in {"group": groups or {}, "role": roles or {}}.items():
        for name in given:
            if name not in of_name or not of_name[name].is_list:
                raise InputError(f"a {what} is given to a column without lists", column=name, file=file)
    of_name |= {name: with_role(of_name[name], read_role(role, name)) for name, role in (roles or {}).items()}
    renamed = {of_name[name].group: given for name, given in (groups or {}).items()}
    columns = [replace(each, group=renamed.get(each.group, each.group)) for each in of_name.values()]
    return FeatureSpecification(tuple(columns), label, excluded=excluded)


def _unusable(profile: ColumnProfile) -> str:
    """Say why no kind can be, or nothing."""
    if is_list(profile.present):
        return ""
    if profile.content in _NEITHER or (
        profile.content == "mixed" and profile.present.map(lambda value: isinstance(value, dict)).any()
    ):
        return "neither numbers, nor text, nor lists"
    if profile.is_constant:
        return "constant"
    return ""
