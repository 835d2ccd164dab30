"""What a kind of column is: everything that the package needs to know of it, in one class."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.event_arrays import without_stand_in
from intent_tf.columns.kinds.binning import Binning
from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.columns.raw_columns import RawColumns
from intent_tf.data.specification import Column, ValueType
from intent_tf.errors import InputError
from intent_tf.text import NGrams, Tokenizer

Typical = Callable[[str, int], float]
"""A typical value of a number by its name: of row 0 the median, of row 1 a larger one."""


@dataclass(frozen=True)
class EncodingOptions:
    """How columns are encoded, as far as it can be chosen: arguments of `Preprocessor`, and one more.

    ``documents`` is whether texts and sessions become ids of their own; if not, a `SubwordPreprocessor` makes
    one document of them.
    """

    tokenizer: Tokenizer | NGrams
    derived: Mapping[str, str] = field(default_factory=dict)
    max_text_tokens: int = 200
    max_session_tokens: int = 256
    max_vocabulary: int = 20_000
    min_count: int = 2
    oov_buckets: int = 1
    categories: Mapping[str, Sequence[str]] = field(default_factory=dict)
    documents: bool = True


class ColumnEncoder(keras.layers.Layer):
    """Encodes all columns of one kind at once, in the graph.

    A kind gives the model any of these, each by a method that does nothing unless it is overridden: numbers,
    which are normalised together with those of all kinds; ids of categories, which are embedded together;
    features of its own, with the layers that embed them; prose and rendered events, for an encoder of
    language.

    Args:
        columns: The columns of the kind.
        **kwargs: Those of every Keras layer.
    """

    def __init__(self, columns: Sequence[Column], **kwargs: Any) -> None:
        # Raw numbers must not be rounded to half precision on their way in.
        super().__init__(**{"autocast": False, **kwargs})
        self.columns = tuple(columns)
        self.names = tuple(column.name for column in columns)

    #: What each number of `numbers` is.
    number_names: tuple[str, ...] = ()
    #: What each id of `category_ids` is.
    category_names: tuple[str, ...] = ()
    #: Number of ids of each, id 0 included; known once training rows were learnt from.
    category_sizes: tuple[int, ...] = ()
    #: Whether `prose` or `rendered` gives anything.
    has_words: bool = False

    def build(self, input_shape: Any = None) -> None:
        """Create nothing: what is learnt comes with `adapt`."""

    def adapt(self, raw: RawColumns) -> None:
        """Learn from the raw columns of training rows, all at once."""

    def entered(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Bring the kind's inputs into the form that the other methods take, such as cut to a length."""
        return dict(inputs)

    def blank(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Tell which rows have no value in any of the columns, bool ``(batch,)``."""
        cells = without_stand_in(tf.stack([inputs[name] for name in self.names]))
        missing = tf.strings.strip(cells) == "" if cells.dtype == tf.string else ~tf.math.is_finite(cells)
        return tf.reduce_all(missing, axis=[0, *range(2, cells.shape.rank)])

    def numbers(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor | None:
        """Compute numbers, float32 ``(batch, numbers)``, NaN where missing."""
        return None

    def category_ids(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor | None:
        """Compute ids of categories, int32 ``(batch, categories)``, 0 where unknown or rare."""
        return None

    def feature_specs(self) -> dict[str, keras.KerasTensor]:
        """Tell shape and type of each feature of its own, known before anything is learnt."""
        return {}

    def call(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Compute the features of its own."""
        return {}

    def vocabularies(self) -> dict[str, list[str]]:
        """List, for each feature that is a document of token ids, what its ids stand for; id 0 is padding."""
        return {}

    def embeddings(self) -> dict[str, keras.layers.Layer]:
        """Make the layers that turn features which are no documents into vectors."""
        return {}

    def prose(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor | None:
        """Join its sentences, string ``(batch,)``."""
        return None

    def rendered(self, inputs: Mapping[str, tf.Tensor]) -> tf.RaggedTensor | None:
        """Write its events as tokens, string ``(batch, tokens)``."""
        return None

    def rendered_vocabulary(self) -> list[str]:
        """List the tokens that `rendered` writes and training rows have often enough."""
        return []

    def words(self, raw: RawColumns) -> list[tf.Tensor]:
        """Take the words that a count of words is made of, string ``(rows,)`` each."""
        return []

    def limits(self) -> dict[str, int]:
        """Tell how much of a long input is kept, by name."""
        return {}

    def state(self) -> Any:
        """Return what was learnt and is neither weight nor asset, as plain values; None if nothing is."""
        return None

    def restore(self, state: Any) -> None:
        """Take over what `state` returned."""


class ColumnKind(ABC):
    """A kind of column.

    Class attributes:
        name: What people call it: ``--kinds COLUMN=NAME``.
        values: The types of values that its tensors may have, the usual one first.
        binning: How reports put its values into bins.
        prose: Whether its values are sentences, which may be mixed to make further rows.
        has_words: Whether an encoder of language reads it.
        is_list: Whether a row holds a list, told side by side with the lists of other columns.
        derives: Whether further columns may be computed of its columns, by expressions.
        option: What people say more of its columns with, such as ``--dates``.
        names_shoppers: Whether equal values may name one shopper, as those of an id do.
    """

    name: ClassVar[str]
    values: ClassVar[tuple[ValueType, ...]]
    binning: ClassVar[Binning]
    prose: ClassVar[bool] = False
    has_words: ClassVar[bool] = False
    is_list: ClassVar[bool] = False
    option: ClassVar[str] = ""
    derives: ClassVar[bool] = False
    names_shoppers: ClassVar[bool] = True

    @abstractmethod
    def claims(self, profile: ColumnProfile) -> bool:
        """Tell whether a column's values look like this kind."""

    def excludes(self, profile: ColumnProfile) -> str:
        """Say why a column of this kind is no feature, or nothing."""
        return ""

    def identifies(self, profile: ColumnProfile) -> bool:
        """Tell whether values that other rows hardly ever have name the row, and mean nothing else."""
        return False

    def column(self, profile: ColumnProfile) -> Column:
        """Describe a column that is of this kind.

        Raises:
            InputError: If its values cannot be.
        """
        return Column(profile.name, self.name, self.values[0])

    def read(self, values: pd.Series, column: Column, *, file: object = None) -> pd.Series:
        """Take cells as baselines, bins and reports do; by default as they are."""
        return values

    @abstractmethod
    def encoder(self, columns: Sequence[Column], options: EncodingOptions) -> ColumnEncoder:
        """Make the layer that encodes all columns of the kind."""

    @abstractmethod
    def sample(self, column: Column, encoder: ColumnEncoder, row: int, typical: Typical) -> Any:
        """Make up a value for a sample row, of what was learnt and of nobody's data."""

    def grouped(self, columns: Sequence[Column], profiles: Mapping[str, ColumnProfile]) -> Sequence[Column]:
        """Tell which columns of the kind are lists that are told side by side; others stay as they are."""
        return columns

    def nothing(self, column: Column) -> Any:
        """Return the value of a row in which the column is missing."""
        return [] if column.is_list else np.nan if column.values == "float" else ""

    def check(self, column: Column) -> None:
        """Refuse a column whose values the kind cannot have.

        Raises:
            InputError: If they are of another type.
        """
        if column.values not in self.values:
            raise InputError(f"a {self.name} cannot hold {column.values} values", column=column.name)
