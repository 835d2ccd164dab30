"""How the entries of a list stand in one cell of text."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.data.list_format import ListFormat
from intent_tf.data.sequences import read_lists

ENTRY = (
    st.text(st.characters(codec="ascii", exclude_characters=">[]"), min_size=1).map(str.strip).filter(bool)
)


@pytest.mark.parametrize(
    ("separator", "cell", "entries"),
    [
        (">", "home > search>basket ", ["home", "search", "basket"]),
        (";", "a;;b", ["a", "", "b"]),
        (" ", "1.5  2.\n 3", ["1.5", "2.", "3"]),
        (",", "[1,2]", ["1", "2"]),
        ("|", "", []),
        (" ", "[]", []),
    ],
)
def test_a_cell_is_cut_at_the_separator(separator: str, cell: str, entries: list[str]) -> None:
    assert ListFormat(separator).entries(cell) == entries


@given(st.lists(ENTRY))
def test_entries_that_were_joined_are_found_again(entries: list[str]) -> None:
    assert ListFormat(">").entries(" > ".join(entries)) == entries


def test_a_missing_cell_is_an_empty_list_and_a_list_stays_one() -> None:
    cells = pd.Series(["a>b", None, ["c"]], dtype=object)
    assert read_lists(cells, "pages", ListFormat(">")) == [["a", "b"], [], ["c"]]
