"""The columns whose drift tells something, in the spelling that the graph reads."""

import pandas as pd
import tensorflow as tf

from intent_tf.columns.kinds.category import Category
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.columns.raw_columns import column_tensor
from intent_tf.data.date_format import DateFormat
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.layers.category_spelling import CategorySpelling


def watched_kinds(specification: FeatureSpecification) -> dict[str, str]:
    """Name the columns to watch, and their kinds.

    The sequences of a table are equally long, so that one of them tells all; dates move on by themselves.
    """
    sequences = [column.name for column in specification.columns if column.is_list]
    return {
        column.name: column.kind
        for column in specification.columns
        if column.name not in sequences[1:] and not isinstance(column.written, DateFormat)
    }


def watched_frame(frame: pd.DataFrame, specification: FeatureSpecification) -> pd.DataFrame:
    """Return the columns to watch, each cell as the graph reads it, so that other files are comparable."""
    watched = {name: _read(frame[name], specification[name]) for name in watched_kinds(specification)}
    return pd.DataFrame(watched, index=frame.index)


def _read(values: pd.Series, column: Column) -> pd.Series:
    kind = kind_of(column.kind)
    if not isinstance(kind, Category):
        return kind.read(values, column)
    spell = CategorySpelling(column.spelling) if column.spelling not in ("", "characters") else tf.identity
    cells = pd.Series(spell(column_tensor(values, column)).numpy(), values.index, dtype=object)
    return cells.str.decode("utf-8")
