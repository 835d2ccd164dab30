"""Texts cut in Python, for tokenisers that no graph can hold: the model then takes tokens, not raw text."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from intent_tf.data.sequences import is_list
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.text import NGrams, Tokenizer


def with_tokens(specification: FeatureSpecification, tokenizer: Tokenizer | NGrams) -> FeatureSpecification:
    """Make columns of text columns of tokens if a tokeniser works in Python only.

    Args:
        specification: Of raw columns.
        tokenizer: The one that the model will have.

    Raises:
        InputError: If texts are among the events of sequences, which only a tokeniser with a graph can cut.
    """
    if not tokenizer.offline:
        return specification
    for name in specification.of_kind("sequence"):
        if name in ("text", "query"):
            raise InputError(
                "the texts of events cannot be cut by a tokeniser that works in Python only",
                column=name,
                remedy="choose a tokeniser that has a graph, without stemming",
            )
    columns = (
        replace(column, values="tokens") if column.kind == "text" else column
        for column in specification.columns
    )
    return replace(specification, columns=tuple(columns))


def cut_texts(
    frame: pd.DataFrame, specification: FeatureSpecification, tokenizer: Tokenizer | NGrams
) -> pd.DataFrame:
    """Cut the texts that a model takes as tokens, where they are not cut yet.

    Args:
        frame: Raw columns.
        specification: The model's; see `with_tokens`.
        tokenizer: The model's.

    Returns:
        The same rows, with a list of tokens for each text; the frame itself if the model takes raw texts.

    Example:
        >>> from intent_tf.data.specification import Column
        >>> specification = FeatureSpecification((Column("title", "text", "tokens"),))
        >>> cut_texts(pd.DataFrame({"title": ["Red dresses"]}), specification, Tokenizer(stem="english"))
                   title
        0  [red, dress]
    """
    names = [column.name for column in specification.columns if column.values == "tokens"]
    raw = {name: frame[name] for name in names if name in frame.columns and not is_list(frame[name])}
    return frame.assign(**{name: _cut(texts, tokenizer) for name, texts in raw.items()}) if raw else frame


def _cut(texts: pd.Series, tokenizer: Tokenizer | NGrams) -> pd.Series:
    tokens = [tokenizer.reference(text) if isinstance(text, str) else [] for text in texts]
    return pd.Series(tokens, texts.index, dtype=object)
