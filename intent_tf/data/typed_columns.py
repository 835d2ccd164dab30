"""Numbers of a text table, for callers that know their file and need no specification."""

import pandas as pd


def with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Make numbers and booleans of those text columns in which every cell that is not blank is one.

    Args:
        frame: A table whose cells are text, such as `read_table` gives of a CSV file.

    Returns:
        A copy; blank cells of the columns that became numbers are missing.

    Example:
        >>> with_numbers(pd.DataFrame({"price": ["9.5", ""], "title": ["hat", "7"]}))["price"].tolist()
        [9.5, nan]
    """
    typed = frame.copy()
    for name in typed.select_dtypes(["string", "object"]):
        cells = typed[name].where(typed[name] != "")
        numbers = pd.to_numeric(cells, errors="coerce")
        truth = cells.str.lower().map({"true": True, "false": False})
        if cells.notna().any() and numbers.notna().equals(cells.notna()):
            typed[name] = numbers
        elif truth.notna().all():
            typed[name] = truth.astype(bool)
    return typed
