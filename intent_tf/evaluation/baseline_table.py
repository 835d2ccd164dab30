"""Raw columns in the form that baselines and boosters take."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from intent_tf.data.predictions import IntArray
from intent_tf.errors import InputError


@dataclass(frozen=True)
class BaselineTable:
    """Raw columns in the form that the baselines take.

    Args:
        numbers: Numbers, NaN where missing (infinity counts as missing), shape `(rows, numbers)`.
        categories: Categories as integer codes, the same code for the same value in every table,
            shape `(rows, categories)`. A code that the train rows do not have is treated as unseen.
        texts: One text a row (several text columns joined by a space), "" where missing; None without text.
        names: Names of the numbers and then of the categories. Defaults to no names.

    Raises:
        InputError: If the parts have different numbers of rows, or names and columns do not match.

    Example:
        >>> BaselineTable(np.array([[1.5], [np.nan]]), np.array([[0], [2]]), ["red shoes", ""]).rows
        2
    """

    numbers: NDArray[np.floating[Any]]
    categories: NDArray[np.integer[Any]]
    texts: Sequence[str] | None = None
    names: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        numbers, categories = self.numbers.shape, self.categories.shape
        texts = (numbers[0],) if self.texts is None else (len(self.texts),)
        if len(numbers) != 2 or len(categories) != 2 or not numbers[0] == categories[0] == texts[0]:
            raise InputError(
                f"numbers of shape {numbers}, categories {categories}, texts {texts}",
                expected="shapes (rows, numbers), (rows, categories) and (rows,)",
            )
        if self.names and len(self.names) != numbers[1] + categories[1]:
            raise InputError(f"{len(self.names)} names", expected=f"{numbers[1]} + {categories[1]}")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.numbers)

    def take(self, chosen: IntArray) -> "BaselineTable":
        """Take some rows."""
        texts = None if self.texts is None else [self.texts[row] for row in chosen]
        return replace(self, numbers=self.numbers[chosen], categories=self.categories[chosen], texts=texts)

    @property
    def inputs(self) -> tuple[str, ...]:
        """What there is to learn from."""
        return (*self.names, *(["words of the texts"] if self.texts else []))

    def joined(self, other: "BaselineTable") -> "BaselineTable":
        """Return these rows and others after them."""
        texts = None if self.texts is None else [*self.texts, *(other.texts or ())]
        numbers = np.concatenate([self.numbers, other.numbers])
        return BaselineTable(numbers, np.concatenate([self.categories, other.categories]), texts, self.names)

    def frame(self) -> pd.DataFrame:
        """Numbers, categories and the text if there is one, in this order; infinity becomes NaN."""
        numbers = np.where(np.isfinite(self.numbers), self.numbers, np.nan).astype(np.float64)
        parts = [pd.DataFrame(numbers), pd.DataFrame(self.categories)]
        parts += [] if self.texts is None else [pd.DataFrame({"text": np.array(self.texts, object)})]
        frame = pd.concat(parts, axis=1)
        # The position makes names unique, as scikit-learn wants them.
        names = [*(self.names or [""] * (numbers.shape[1] + self.categories.shape[1])), "text"]
        frame.columns = pd.Index([f"{i} {name}" for i, name in enumerate(names[: frame.shape[1]])])
        return frame
