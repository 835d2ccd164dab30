"""What a user sees when the input is not usable: where, what was found, what was expected, what to do."""

import importlib
from types import ModuleType


class InputWarning(UserWarning):
    """Input that is used otherwise than its author may think."""


class InputError(ValueError):
    """Bad input, told so that its author can mend it; the verbs print it and exit with status 2.

    Args:
        found: What is wrong, in words, with the value that was found.
        expected: What was expected instead.
        remedy: What to do about it.
        file: The file that the input came from.
        row: The row of the file, counted from 1 (the header of a CSV file is row 1); of a DataFrame the label
            in its index.
        column: The column.

    Example:
        >>> print(InputError("'abc' is no number", file="shop.csv", row=3, column="price",
        ...                  expected="a number or nothing", remedy="mend the row"))
        shop.csv, row 3, column 'price': 'abc' is no number; expected a number or nothing. Mend the row.
    """

    def __init__(
        self,
        found: str,
        *,
        expected: str | None = None,
        remedy: str | None = None,
        file: object | None = None,
        row: object | None = None,
        column: str | None = None,
    ) -> None:
        index = [str(file)] if file is not None else []
        index += [f"row {row}"] if row is not None else []
        index += [f"column {column!r}"] if column is not None else []
        message = ", ".join(index) + (": " if index else "") + found
        message += f"; expected {expected}" if expected else ""
        message += f". {remedy[0].upper()}{remedy[1:]}." if remedy else ""
        super().__init__(message)


class MissingExtraError(ImportError):
    """An optional package is missing; the message says which extra installs it."""


def require(module: str, extra: str) -> ModuleType:
    """Import an optional package, or say how to install it.

    Args:
        module: The name to import, such as ``"pyspark"``.
        extra: The extra of ``intent_tf`` that installs it, such as ``"spark"``.

    Returns:
        The imported module.

    Raises:
        MissingExtraError: If the package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"this needs {module!r}, which is not installed; "
            f"install it with: pip install 'intent_tf[{extra}]'"
        ) from error
