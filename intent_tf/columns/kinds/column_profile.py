"""What the values of a column tell about its kind."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from intent_tf.columns.kinds.date_text import DateReading, DateTexts
from intent_tf.columns.kinds.number_text import NumberTexts
from intent_tf.columns.raw_columns import column_tensor
from intent_tf.data.specification import Column

#: What pandas calls the content of a column whose values are numbers.
NUMERIC = ("integer", "floating", "mixed-integer-float", "decimal")
#: What it calls the content of a column whose values are dates or times of day.
_DATED = ("datetime64", "datetime", "date", "time")
_SAMPLE = 1000


@dataclass
class ColumnProfile:
    """A column of training rows, as the kinds look at it.

    Args:
        name: The column's name.
        values: All its values.
        file: Where the table came from, for messages.
        decimal: The decimal mark that other columns of the table show, if they do.
        dates: What ``--dates`` says of how its dates are written.
        is_now: Whether it tells the prediction time.
    """

    name: str
    values: pd.Series
    file: object = None
    decimal: str = ""
    dates: str = ""
    is_now: bool = False

    @cached_property
    def present(self) -> pd.Series:
        """The values that are there; in a column of words, the empty ones are not."""
        present = self.values.dropna()
        if isinstance(present.dtype, pd.CategoricalDtype):
            present = present.astype(present.dtype.categories.dtype)
        is_text = pd.api.types.infer_dtype(present) == "string"
        return present[present.str.strip() != ""] if is_text else present

    @cached_property
    def content(self) -> str:
        """What pandas calls the content, such as ``string``, ``floating`` or ``boolean``."""
        return pd.api.types.infer_dtype(self.present)

    @cached_property
    def texts(self) -> pd.Series:
        """The present values as text."""
        return self.present.astype(str)

    @cached_property
    def number_texts(self) -> NumberTexts | None:
        """The values as texts that may be numbers; None if they are no texts, or not only."""
        return NumberTexts(self.texts) if self.content in ("string", "mixed", "mixed-integer") else None

    @cached_property
    def date_reading(self) -> DateReading | None:
        """How the values can be read as dates; None if they are none."""
        if self.content not in (*_DATED, "string", "mixed", "integer", "floating"):
            return None
        reading, column = None, Column(self.name, "date", "string")
        # Some cells say of most columns that they hold no dates, without a look at all.
        for rows in (self.present.iloc[:: max(1, len(self.present) // _SAMPLE)], self.present):
            cells = pd.Series(column_tensor(rows, column, file=self.file).numpy(), dtype=object)
            reading = DateTexts(cells.str.decode("utf-8"), self.dates, self.name).reading
            if reading is None:
                break
        return reading

    @cached_property
    def distinct(self) -> int:
        """Number of different values."""
        return int(self.present.nunique())

    @property
    def is_constant(self) -> bool:
        """Whether all rows say the same: one value or, where some have none, not even that."""
        return self.distinct < 1 + (len(self.present) == len(self.values))

    @property
    def is_unique(self) -> bool:
        """Whether all of more than 50 values differ, and none is missing."""
        return self.distinct == len(self.values) > 50
