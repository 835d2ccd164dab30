from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.data.typed_columns import with_numbers


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2"], [1, 2]),
        (["9.5", "1e3"], [9.5, 1000]),
        (["9.5", "x"], ["9.5", "x"]),
        (["TRUE", "false"], [True, False]),
        (["", ""], ["", ""]),
        ([1, 2], [1, 2]),
        ([["view"], []], [["view"], []]),
    ],
)
def test_columns_of_numbers_and_booleans_become_that(cells: list[object], expected: list[object]) -> None:
    assert with_numbers(pd.DataFrame({"x": cells}))["x"].tolist() == expected


def test_blank_cells_of_numbers_are_missing() -> None:
    assert with_numbers(pd.DataFrame({"x": ["1", "", None]}))["x"].isna().tolist() == [False, True, True]


def test_the_frame_itself_stays_as_it_is() -> None:
    frame = pd.DataFrame({"x": ["1"]})
    with_numbers(frame)
    assert frame["x"].tolist() == ["1"]
