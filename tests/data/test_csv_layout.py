from __future__ import annotations

import pytest

from intent_tf.data.csv_layout import find_layout


def rows(text: str, separator: str = "") -> list[list[str]]:
    lines = text.splitlines(keepends=True)
    layout = find_layout(lines, separator)
    records = list(layout.parse(lines))[layout.above + 1 :]
    return [list(layout.names), *(record.fields for record in records)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sep=;\na;b,c\n1;2\n", [["a", "b,c"], ["1", "2"]]),
        ("SEP=|\na|b;c;d\n1|2\n", [["a", "b;c;d"], ["1", "2"]]),
        ("a,b,\n1,2,\n", [["a", "b"], ["1", "2", ""]]),
        ("a,,\n1,2,\n", [["a"], ["1", "2", ""]]),
        ("a,b\n1,2,\n", [["a", "b"], ["1", "2", ""]]),
        ('a,b\n"5\\" pipe",9\n', [["a", "b"], ['5" pipe', "9"]]),
        ('a,b\n"a \\"x, y\\"",9\n', [["a", "b"], ['a "x, y"', "9"]]),
        ("a,b\nhat\\, red,9\n", [["a", "b"], ["hat, red", "9"]]),
        ('a,b\n"C:\\dir\\",9\n', [["a", "b"], ["C:\\dir\\", "9"]]),
        ("a,b\nC:\\dir,9\n", [["a", "b"], ["C:\\dir", "9"]]),
        ('a, "b"\n1, "x, y"\n', [["a", "b"], ["1", "x, y"]]),
        ("a, b\n1, x\n", [["a", " b"], ["1", " x"]]),
        ("Report\na,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("Report, of May\n\na,b,c,d\n1,2,3,4\n", [["a", "b", "c", "d"], ["1", "2", "3", "4"]]),
        ("Report,,\nof May,,\na,b,c\n1,x,3\n", [["a", "b", "c"], ["1", "x", "3"]]),
        ("a,b\n1,x,2\n2,y,3\n", [["", "a", "b"], ["1", "x", "2"], ["2", "y", "3"]]),
        (",a,b\n7,x,2\n", [["", "a", "b"], ["7", "x", "2"]]),
        ("title;price\nhat;1,5\ncap;2,5\n", [["title", "price"], ["hat", "1,5"], ["cap", "2,5"]]),
        ("review\ngood, very\nbad, indeed\n", [["review"], ["good, very"], ["bad, indeed"]]),
        ("Name, first;Age;City\nDoe, J;3;X\n", [["Name, first", "Age", "City"], ["Doe, J", "3", "X"]]),
    ],
)
def test_the_layout_is_that_under_which_rows_fit(text: str, expected: list[list[str]]) -> None:
    assert rows(text) == expected


def test_decimal_commas_without_quotes_are_no_numbers_of_rows() -> None:
    assert rows("title,price\nhat,9,50\ncap,8,20\n")[0] == ["title", "price"]


def test_a_separator_that_was_learnt_decides_where_several_fit() -> None:
    text = "a,b;c,d\n1,2;3,4\n5,6;7,8\n"
    assert rows(text, ",")[0] == ["a", "b;c", "d"] and rows(text, ";")[0] == ["a,b", "c,d"]


def test_a_separator_that_was_learnt_gives_way_to_one_that_fits() -> None:
    assert rows("a;b\n1;2\n", ",")[0] == ["a", "b"]


def test_a_quote_that_is_never_closed_costs_its_line_only() -> None:
    lines = ["a,b\n", '1,"x\n', "2,y\n", "3,z\n"]
    records = list(find_layout(lines).parse(lines))
    assert ["".join(record.fields) for record in records if not record.unclosed] == ["ab", "2y", "3z"]
    assert [record.text for record in records if record.unclosed] == ["1,x"]


def test_a_long_field_is_no_open_quote() -> None:
    lines = ["a,b\n", f'1,"{"x" * 200_000}"\n']
    assert len(list(find_layout(lines).parse(lines))[1].fields[1]) == 200_000
