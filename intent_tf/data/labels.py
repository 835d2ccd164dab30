"""Reads a label column as zeros and ones, and refuses features that are the label under another name."""

import operator
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
import pandas as pd

from intent_tf.data.cleaning import row_fingerprints
from intent_tf.data.example_definition import ACTION_LEVELS
from intent_tf.data.facts import Facts
from intent_tf.data.label_words import NEGATIVE, POSITIVE, TRUTH, fold_label, fold_labels, is_blank
from intent_tf.data.refuse_where import refuse_where
from intent_tf.data.specification import PositiveLabel
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.as_tuple import as_tuple
from intent_tf.options.lists import write_list

_COMPARISON = re.compile(r"\s*(>=|<=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*")
_ORDERS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
#: Values that the facts list at most.
_LISTED = 30


def label_rule(
    values: pd.Series, label: str, positive: str | Sequence[str] | None = None, *, file: object = None
) -> tuple[PositiveLabel, tuple[str, ...] | None]:
    """Find which values count as a purchase, unless it is said, and which do not.

    Args:
        values: The label column of the training rows; blank ones do not count.
        label: Name of the label column, for messages.
        positive: The values that count as a purchase, or a comparison such as ``">0"``. Of several other
            values each must be a plain word for no, unless the first has an equals sign, as in ``"=yes"``.
        file: Where the labels came from, for messages.

    Returns:
        What `read_labels` takes as ``positive`` and ``negative``.

    Raises:
        InputError: If no row has a value that counts, or others are not plain; the message lists them.

    Example:
        >>> label_rule(pd.Series(["no", "Yes", "yes"]), "bought"), label_rule(pd.Series([0, 3, 7]), "n", ">0")
        (('Yes', ('no',)), ('>0', None))
    """
    given = () if positive is None else tuple(map(str, as_tuple(positive)))
    if not given:
        found = find_positive(values, label, file=file)
        return found, None if found is None else _others(values, found)
    spelt = _spellings(values)
    exactly = given[0].startswith("=") and fold_label(given[0]) not in spelt
    given = (given[0].lstrip("="), *given[1:]) if exactly else given
    found = given[0] if len(given) == 1 else given
    present = values[~is_blank(values)]
    if not read_labels(present, label, found, file=file).any():
        raise InputError(f"no row has a label {found}", file=file, column=label)
    if exactly or _comparison(found, spelt):
        return found, None
    others = spelt.keys() - set(map(fold_label, given))
    unlisted = others - NEGATIVE - {"0", "-1"} if len(others) > 1 else set()
    if unlisted:
        _refuse_unlisted(values, unlisted, given, label, file)
    return found, _others(values, found)


def find_positive(values: pd.Series, label: str, *, file: object = None) -> PositiveLabel:
    """Find the label values that plainly are the purchase, as text; None where labels are 0 and 1 already.

    Words for yes and no are known in several languages. Case makes no difference, nor does ``1.0`` for ``1``.

    Args:
        values: The label column of the training rows; blank ones do not count.
        label: Name of the label column, for messages.
        file: Where the labels came from, for messages.

    Raises:
        InputError: If it is not plain; the message lists the values.

    Example:
        >>> find_positive(pd.Series(["Nein", "Ja"]), "bought")
        'Ja'
    """
    if is_graded(values[~is_blank(values)]):
        return None
    spelt = _spellings(values)
    words = set(spelt)
    if words <= TRUTH.keys() and {TRUTH[word] for word in words} == {0.0, 1.0}:
        return None
    yes, no = words & (POSITIVE | {"1"}), words & (NEGATIVE | {"0", "-1"})
    if not (yes and no and words == yes | no and not {"-1", "0"} <= words):
        yes = words & POSITIVE
        if len(words) != 2 or len(yes) != 1:
            _refuse_unclear(values, spelt, words - POSITIVE - NEGATIVE - {"-1", "0", "1"}, label, file)
    found = tuple(spelt[word] for word in spelt if word in yes)
    return found[0] if len(found) == 1 else found


def read_labels(
    values: pd.Series,
    label: str,
    positive: PositiveLabel,
    negative: Sequence[str] | None = None,
    *,
    file: object = None,
) -> np.ndarray:
    """Read the label as float32 zeros and ones, shape ``(rows,)``.

    Args:
        values: The label column.
        label: Name of the label column, for messages.
        positive: The value or values that count as 1, or a comparison such as ``">0"``; None for columns of
            0 and 1 (or booleans), and for grades, of which 1 counts.
        negative: The values that count as 0, beside plain words for no; None for all other values.
        file: Where the labels came from, for messages.

    Raises:
        InputError: If a value is missing or none of those, or no row has a positive value that all others are
            told apart from.

    Example:
        >>> read_labels(pd.Series(["purchase", "none", "cart"]), "outcome", "purchase")
        array([1., 0., 0.], dtype=float32)
        >>> read_labels(pd.Series(["0", "7", "21"]), "orders", ">0")
        array([0., 1., 1.], dtype=float32)
    """
    words = fold_labels(values)
    remedy = "remove such rows or fill in their label"
    refuse_where(words == "", values, "the label is missing", file=file, column=label, remedy=remedy)
    if positive is None and is_graded(values):
        return (read_grades(values) == 1).astype(np.float32)
    if positive is None:
        numbers = words.map(TRUTH)
        refuse_where(numbers.isna(), values.astype(str), expected="0 or 1", file=file, column=label)
        return numbers.to_numpy(np.float32)
    if comparison := _comparison(positive, set(words)):
        order, border = comparison
        numbers = pd.to_numeric(words, errors="coerce")
        wrong = numbers.isna() & ~words.isin(NEGATIVE)
        refuse_where(wrong, values.astype(str), expected="a number", file=file, column=label)
        return order(numbers.to_numpy(np.float64), border).astype(np.float32)
    counting = list(map(fold_label, as_tuple(positive)))
    if negative is None:
        for word, given in zip(counting, as_tuple(positive), strict=True):
            if word not in set(words):
                _refuse_absent(given, list(_spellings(values).values())[:10], label, file)
    else:
        plain = NEGATIVE | {"0"} if (NEGATIVE | {"0"}).isdisjoint(counting) else ()
        unlisted = set(words).difference(counting, map(fold_label, negative), plain)
        if unlisted:
            _refuse_unlisted(values, unlisted, as_tuple(positive), label, file)
    return words.isin(counting).to_numpy(np.float32)


def tell_labels(facts: Facts, values: pd.Series, labels: np.ndarray) -> None:
    """Tell each value of a label column, what it became, and how many rows have it.

    Example:
        >>> facts = Facts()
        >>> tell_labels(facts, pd.Series(["no", "yes", "no"]), np.array([0, 1, 0]))
        >>> facts.lines
        [("label 'no' is 0", '2'), ("label 'yes' is 1", '1')]
    """
    cells, became = values.map(_written).to_numpy(), labels.astype(int)
    counts = Counter(zip(cells, became, strict=True)).most_common()
    for (cell, label), count in counts[:_LISTED]:
        facts.tell(f"label {cell!r} is {label}", count)
    for label in (0, 1):
        if rest := [count for (_, outcome), count in counts[_LISTED:] if outcome == label]:
            facts.tell(f"label of {len(rest):,} further values is {label}", sum(rest))


def is_graded(values: pd.Series) -> bool:
    """Tell whether a label column holds the probabilities of strongest actions, beyond 0 and 1.

    Args:
        values: Such as `ExampleDefinition` writes for the label ``"action_level"``: none 0, click 1/3, cart
            2/3, purchase 1.

    Example:
        >>> [is_graded(pd.Series(values)) for values in ([0, 1 / 3, 1], [0, 1], ["no", "yes"])]
        [True, False, False]
    """
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    steps = numbers * (len(ACTION_LEVELS) - 1)
    is_grade = np.isclose(steps, np.round(steps), atol=1e-4) & (numbers >= 0) & (numbers <= 1)
    return bool(is_grade.all() and ((numbers > 0.1) & (numbers < 0.9)).any())


def read_grades(values: pd.Series) -> np.ndarray:
    """Read graded labels, which `is_graded` knows, as float32 ``(rows,)``."""
    return pd.to_numeric(values).to_numpy(np.float32)


def refuse_label_copies(
    frame: pd.DataFrame, labels: np.ndarray, names: Iterable[str], *, file: object = None
) -> None:
    """Refuse features that say the label outright, in these words or others.

    A feature does if its two values go with the two labels in every row, or if it is missing in exactly the
    rows of one label.

    Args:
        frame: The table.
        labels: Zeros and ones of its rows, with both occurring.
        names: Columns that may become features.
        file: Where the table came from, for messages.

    Raises:
        InputError: Names the first such column.
    """
    for name in names:
        values = pd.factorize(row_fingerprints(frame[[name]]))[0]
        present = frame[name].notna().to_numpy()
        if pd.api.types.is_string_dtype(frame[name]):
            present = present & (frame[name] != "").to_numpy(bool, na_value=False)
        if any(np.array_equal(each, labels) for each in (values, 1 - values, present, ~present)):
            raise InputError(
                "the column is a copy of the label: it tells the label of every row",
                file=file,
                column=name,
                remedy=f"leave it out with --drop {write_list([name])}",
            )


def _spellings(values: pd.Series) -> dict[str, str]:
    """Map each folded label value that is not blank to its first spelling."""
    words = fold_labels(values)
    first = ~words.duplicated() & (words != "")
    return dict(zip(words[first], map(_written, values[first]), strict=True))


def _written(value: object) -> str:
    # Whole numbers are floats where some are missing.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _comparison(
    positive: PositiveLabel, words: Collection[str]
) -> tuple[Callable[[np.ndarray, float], np.ndarray], float] | None:
    """Read such as ``">0"``, unless it is one of the label's values."""
    found = None if fold_label(positive) in words else _COMPARISON.fullmatch(str(positive))
    return found and (_ORDERS[found[1]], float(found[2]))


def _refuse_unclear(
    values: pd.Series, spelt: dict[str, str], unlisted: set[str], label: str, file: object
) -> None:
    names = list(map(repr, spelt.values()))
    several = f"the label has {len(names)} value{'s' * (len(names) != 1)} ({', '.join(names[:5])}"
    several += (", …)" if len(names) > 5 else ")") + ("; not plain: " if unlisted else "")
    ordered = all(_COMPARISON.fullmatch("<" + word) for word in spelt)
    raise InputError(
        f"it is not plain which of {names[0]} and {names[1]} is the purchase"
        if len(names) == 2
        else several + _counted(values, unlisted),
        expected=None if len(names) == 2 else "two values, such as 0 and 1",
        file=file,
        column=label,
        remedy="name what counts with --positive VALUE" + (" or such as --positive '>0'" if ordered else ""),
    )


def _refuse_unlisted(
    values: pd.Series, unlisted: set[str], positive: tuple[str, ...], label: str, file: object
) -> None:
    raise InputError(
        f"it is not said what these values count as: {_counted(values, unlisted)}",
        file=file,
        column=label,
        remedy="name all that count with --positive VALUE,VALUE, or say that all others count as none: "
        f"--positive ={write_list(positive)}",
    )


def _refuse_absent(word: str, accepted: list[str], label: str, file: object) -> None:
    raise InputError(
        f"no row has the value {word!r}{nearest(word, accepted)}",
        expected=" or ".join(map(repr, accepted)),
        file=file,
        column=label,
    )


def _others(values: pd.Series, positive: PositiveLabel) -> tuple[str, ...]:
    counting = set(map(fold_label, as_tuple(positive or ())))
    return tuple(spelling for word, spelling in _spellings(values).items() if word not in counting)


def _counted(values: pd.Series, words: set[str]) -> str:
    cells = fold_labels(values)
    counts = values[cells.isin(words)].map(_written).value_counts()
    listed = [f"{cell!r} ({count:,} rows)" for cell, count in counts[:_LISTED].items()]
    return ", ".join([*listed, "…"] if len(counts) > _LISTED else listed)
