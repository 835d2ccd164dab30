"""Finds how the numbers of a column of texts are written, if it is one."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.raw_columns import is_word_for_missing, plain_numbers
from intent_tf.data.number_format import NumberFormat
from intent_tf.layers.parsed_numbers import ParsedNumbers

#: Share of the cells from which on a column is one of numbers, and the most spellings that the others have.
ENOUGH, MOST_ODD = 0.95, 20
#: Cells that show that a column holds no numbers, without looking at all of them.
_SAMPLE, _HOPEFUL = 1000, 0.5
#: Share of the cells from which on what stands beside a number belongs to how they are written.
_USUAL = 0.02
#: Codes of currencies, and letters that stand beside the sign of one.
_CURRENCY = re.compile(
    "(?i)AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|INR|JPY|KR|KRW|MXN|NOK|NZD|PLN|RMB|RS|RUB|SEK|SGD|TRY|TWD|"
    "USD|ZAR|ZŁ|(AU?|CA?|HK|NZ|R|SG?|US)(?=[$])"
)
_BEFORE = re.compile(r"\(?[+-]?\s*([^\d\s.,+\-()]+)\s*[+-]?[\d.,]")
_BEHIND = re.compile(r"[\d.,]\s*([^\d\s.,+\-()]([^\d.,+\-()]{0,10}[^\d\s.,+\-()])?)\s*\)?$")


@dataclass(frozen=True)
class Reading:
    """A way of reading a column's texts as numbers.

    Args:
        written: How the numbers are written; None where Python's `float` reads them.
        share: Share of the cells that are numbers so; words for "missing" do not count.
        odd: The spellings of the others.
    """

    written: NumberFormat | None
    share: float
    odd: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether nearly all cells are numbers."""
        return self.share >= ENOUGH and len(self.odd) <= MOST_ODD


class NumberTexts:
    """The texts of a column, and how they can be read as numbers.

    Args:
        texts: The cells that are not blank.
    """

    def __init__(self, texts: pd.Series) -> None:
        self.texts = texts

    @cached_property
    def counts(self) -> pd.Series:
        """How often each spelling occurs; without words for "missing"."""
        counts = self.texts.str.strip().value_counts()
        return counts[~is_word_for_missing(counts.index.to_series())]

    @cached_property
    def readings(self) -> tuple[Reading, Reading, Reading]:
        """Ways of reading: as `float` does, with decimal points, and with decimal commas."""
        sample = self.texts.iloc[:: max(1, len(self.texts) // _SAMPLE)].str.strip()
        sample = sample[~is_word_for_missing(sample)]
        if not len(sample) or (plain_numbers(sample).notna() | sample.str.contains(r"\d")).mean() < _HOPEFUL:
            return (Reading(None, 0.0, ()),) * 3
        plain = plain_numbers(self.counts.index.to_series()).notna().to_numpy()
        spelt = tf.constant([str(each).encode("utf-8", "replace") for each in self.counts.index], tf.string)
        affixes = _affixes(self.counts[~plain], _USUAL * self.counts.sum())
        point, comma = (
            self._reading(NumberFormat(mark, affixes), ~np.isnan(ParsedNumbers(mark, affixes)(spelt).numpy()))
            for mark in ".,"
        )
        return self._reading(None, plain), point, comma

    def _reading(self, written: NumberFormat | None, is_number: np.ndarray) -> Reading:
        weights = self.counts.to_numpy(float)
        odd = tuple(map(str, self.counts.index[~is_number][: MOST_ODD + 1]))
        return Reading(written, float(weights[is_number].sum() / max(weights.sum(), 1)), odd)

    @property
    def decimal(self) -> str:
        """The decimal mark that these texts show, ``"."`` or ``","``; empty if both or none is possible."""
        _, point, comma = self.readings
        if max(point.share, comma.share) < ENOUGH or point.share == comma.share:
            return ""
        return "." if point.share > comma.share else ","

    def reading(self, decimal: str = "") -> Reading:
        """Choose how to read the texts.

        Args:
            decimal: The decimal mark that other columns of the table show, which decides where these texts
                do not: ``1.304`` is 1304 beside ``12,5``.
        """
        plain, point, comma = self.readings
        grouped = comma.share >= plain.share and bool(self.counts.index.str.contains(".", regex=False).any())
        if decimal == "," and (grouped or comma.share > plain.share):
            order = (comma, plain, point)
        else:
            order = (plain, point, comma)
        return max(order, key=lambda each: each.share)


def table_decimal(columns: Iterable[NumberTexts]) -> str:
    """Return the decimal mark that the columns of a table show, where none shows the other."""
    marks = {texts.decimal for texts in columns} - {""}
    return marks.pop() if len(marks) == 1 else ""


def _affixes(counts: pd.Series, usual: float) -> tuple[str, ...]:
    """Find what stands before and behind the numbers most often: a currency, or one unit."""
    found = []
    for pattern, is_prefix in ((_BEFORE, True), (_BEHIND, False)):
        votes: dict[str, float] = {}
        for spelling, count in counts.items():
            match = pattern.match(str(spelling)) if is_prefix else pattern.search(str(spelling))
            if match and (not is_prefix or _is_currency(match[1])):
                votes[match[1].casefold()] = votes.get(match[1].casefold(), 0) + count
        most = max(votes, key=lambda affix: votes[affix], default="")
        found += [most] if votes.get(most, 0) > usual else []
    return tuple(dict.fromkeys(found))


def _is_currency(text: str) -> bool:
    rest = _CURRENCY.sub("", text.rstrip("."))
    return all(unicodedata.category(each) == "Sc" for each in rest)
