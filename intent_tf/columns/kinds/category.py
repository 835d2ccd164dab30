"""Categories: words or codes of which there are few."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import tensorflow as tf

from intent_tf.columns.kinds.binning import Binning
from intent_tf.columns.kinds.column_kind import (
    ColumnEncoder,
    ColumnKind,
    EncodingOptions,
    Typical,
)
from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.columns.raw_columns import RawColumns
from intent_tf.data.specification import Column, Spelling
from intent_tf.layers.category_ids import CategoryIds
from intent_tf.layers.category_spelling import CategorySpelling

_TIME = r"\d{1,2}:\d\d(:\d\d(\.\d+)?)?"
#: Of each spelling, what all cells of a column are, if it is spelt so; the first one counts.
_SPELLINGS: dict[Spelling, re.Pattern[str]] = {
    "integer": re.compile(r"\+?-?(0|[1-9]\d*)(\.0*)?"),
    "boolean": re.compile(r"(?i:true|false)"),
    "date": re.compile(rf"\d{{4}}-\d\d-\d\d([T ]{_TIME}(Z|[+-]\d\d:?\d\d)?)?|{_TIME}"),
    "characters": re.compile(r"(?s:.*)"),
}


class CategoryEncoder(ColumnEncoder):
    """Looks each category up in the vocabulary of its column.

    Args:
        columns: The category columns.
        given: The categories of columns whose ids, 1, 2, … in this order, are not learnt.
        **kwargs: Those of every Keras layer.
    """

    def __init__(self, columns: Sequence[Column], given: Mapping[str, Sequence[str]], **kwargs: Any) -> None:
        super().__init__(columns, **kwargs)
        self.given = dict(given)
        self.category_names = self.names
        self.ids = CategoryIds(self.names, name="ids")
        spellings = {column.spelling for column in columns} - {"", "characters"}
        self.spellings = {each: CategorySpelling(each) for each in get_args(Spelling) if each in spellings}

    def adapt(self, raw: RawColumns) -> None:
        """Learn the vocabularies that are not given."""
        spelt = self.entered(raw)
        self.ids.adapt({name: spelt[name] for name in self.names})
        for column, lookup in zip(self.columns, self.ids.lookups, strict=True):
            if given := self.given.get(column.name):
                spell = self.spellings.get(column.spelling, tf.identity)
                words = spell(tf.constant(given)).numpy()
                # An empty cell is missing, and has no id.
                lookup.set_vocabulary([word.decode() or f"\uffff{index}" for index, word in enumerate(words)])

    def entered(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Spell the categories, those of one spelling together."""
        entered = dict(inputs)
        for spelling, spell in self.spellings.items():
            names = [column.name for column in self.columns if column.spelling == spelling]
            cells = spell(tf.stack([inputs[name] for name in names]))
            entered |= dict(zip(names, tf.unstack(cells, len(names)), strict=True))
        return entered

    @property
    def category_sizes(self) -> tuple[int, ...]:  # type: ignore[override]
        """Count the ids of each vocabulary."""
        return self.ids.vocabulary_sizes

    def category_ids(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Look each category up."""
        return self.ids({name: inputs[name] for name in self.names})


class Category(ColumnKind):
    """A word or a code a row, out of a vocabulary that training rows tell."""

    name = "category"
    values = ("string",)
    binning = Binning(whole=True)

    def claims(self, profile: ColumnProfile) -> bool:
        """Claim whatever no other kind does."""
        return True

    def excludes(self, profile: ColumnProfile) -> str:
        """Refuse values that no other row has: they identify the row."""
        return "an identifier (every value differs)" if profile.is_unique else ""

    def identifies(self, profile: ColumnProfile) -> bool:
        """Take any that other rows hardly ever have: a category tells by returning."""
        return True

    def column(self, profile: ColumnProfile) -> Column:
        """Describe it, with the spelling of its cells."""
        cells = profile.texts.drop_duplicates()
        spelling = next(name for name, cell in _SPELLINGS.items() if cells.str.fullmatch(cell).all())
        return Column(profile.name, self.name, "string", spelling=spelling)

    def encoder(self, columns: Sequence[Column], options: EncodingOptions) -> CategoryEncoder:
        """Encode categories by vocabularies."""
        return CategoryEncoder(columns, options.categories, name="categories")

    def sample(self, column: Column, encoder: ColumnEncoder, row: int, typical: Typical) -> Any:
        """Take one of the commonest categories."""
        assert isinstance(encoder, CategoryEncoder)
        categories = encoder.ids.categories(column.name) or [""]
        return categories[row % len(categories)]
