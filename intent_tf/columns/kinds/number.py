"""Numbers: as they are, and computed from each other."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.derived_columns import DerivedColumns
from intent_tf.columns.event_arrays import without_stand_in
from intent_tf.columns.kinds.binning import Binning
from intent_tf.columns.kinds.binning import numbers as binned_numbers
from intent_tf.columns.kinds.column_kind import ColumnEncoder, ColumnKind, EncodingOptions, Typical
from intent_tf.columns.kinds.column_profile import NUMERIC, ColumnProfile
from intent_tf.columns.raw_columns import column_tensor
from intent_tf.data.number_format import NumberFormat
from intent_tf.data.specification import Column, ValueType
from intent_tf.layers.parsed_numbers import ParsedNumbers

#: Numbers of seven digits: nearly unique ones of one length are codes, such as phone numbers.
_CODE = 1_000_000


class NumberEncoder(ColumnEncoder):
    """Hands numbers, and those derived from them, to the normalisation.

    Args:
        columns: The number columns.
        derived: Expressions of derived numbers by name; see `DerivedColumns`.
        **kwargs: Those of every Keras layer.
    """

    def __init__(self, columns: Sequence[Column], derived: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(columns, **kwargs)
        self.derived_columns = DerivedColumns(derived, self.names, name="derived") if derived else None
        self.number_names = (*self.names, *derived)
        # No mapping by format: Keras saves none whose keys are no texts.
        written = (column.written for column in columns)
        self.formats = tuple(dict.fromkeys(each for each in written if isinstance(each, NumberFormat)))
        self.parsers = [ParsedNumbers(each.decimal, each.affixes) for each in self.formats]

    def entered(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Read the numbers that come as texts, those that are written alike together."""
        entered = dict(inputs)
        for written, parse in zip(self.formats, self.parsers, strict=True):
            names = [column.name for column in self.columns if column.written == written]
            numbers = parse(tf.stack([inputs[name] for name in names]))
            entered |= dict(zip(names, tf.unstack(numbers), strict=True))
        return entered

    def numbers(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Stack the numbers, the derived ones last."""
        numbers = without_stand_in(tf.stack([inputs[name] for name in self.names], axis=1))
        if self.derived_columns is None:
            return numbers
        columns = dict(zip(self.names, tf.unstack(numbers, axis=1), strict=True))
        return tf.concat([numbers, self.derived_columns(columns)], axis=1)


class Number(ColumnKind):
    """A number or a boolean a row; what is no finite number is missing.

    Numbers that need more than Python's `float` (decimal commas, thousands, units, currencies) come as texts
    and are read in the graph.
    """

    name = "number"
    values = ("float", "string")
    derives = True
    binning = Binning(binned_numbers)

    def claims(self, profile: ColumnProfile) -> bool:
        """Claim numbers and booleans, also as texts that nearly all are numbers."""
        texts = profile.number_texts
        return profile.content in (*NUMERIC, "boolean") or bool(
            texts and texts.reading(profile.decimal).is_good
        )

    def excludes(self, profile: ColumnProfile) -> str:
        """Refuse a running number, which identifies the row."""
        if profile.content == "boolean" or not profile.is_unique:
            return ""
        numbers = binned_numbers(profile.present)
        counts = bool((numbers % 1 == 0).all() and np.median(np.diff(np.sort(numbers))) == 1)
        return "an identifier (a running number)" if counts else ""

    def identifies(self, profile: ColumnProfile) -> bool:
        """Take whole numbers that differ more than chance allows, and long ones that nearly all differ."""
        numbers = pd.to_numeric(profile.present, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        if not (numbers % 1 == 0).all():
            return False
        low, high, rows = numbers.min(), numbers.max(), len(numbers)
        counts = np.unique(numbers, return_counts=True)[1]
        equal, by_chance = (counts * (counts - 1) / 2).sum(), rows * (rows - 1) / 2 / (high - low + 1)
        long = low >= _CODE and np.floor(np.log10(low)) == np.floor(np.log10(high))
        return bool((by_chance >= 5 and equal < by_chance / 5) or (long and len(counts) >= 0.99 * rows))

    def column(self, profile: ColumnProfile) -> Column:
        """Describe it: how the numbers are written, and which cells are none."""
        if profile.number_texts is None:
            return super().column(profile)
        reading = profile.number_texts.reading(profile.decimal)
        values: ValueType = "float" if reading.written is None else "string"
        return Column(profile.name, self.name, values, written=reading.written, missing=reading.odd)

    def read(self, values: pd.Series, column: Column, *, file: object = None) -> pd.Series:
        """Read texts as the graph does, float32."""
        if pd.api.types.is_numeric_dtype(values):
            return values
        tensor = column_tensor(values, column, file=file)
        if isinstance(column.written, NumberFormat):
            tensor = ParsedNumbers(column.written.decimal, column.written.affixes)(tensor)
        return pd.Series(tensor.numpy(), values.index, name=values.name)

    def encoder(self, columns: Sequence[Column], options: EncodingOptions) -> NumberEncoder:
        """Encode numbers, and those derived from them."""
        return NumberEncoder(columns, options.derived, name="numbers")

    def sample(self, column: Column, encoder: ColumnEncoder, row: int, typical: Typical) -> Any:
        """Take a quantile of the training rows."""
        number = typical(column.name, row)
        return number if column.written is None else f"{number:g}".replace(".", column.written.decimal)
