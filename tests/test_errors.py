from __future__ import annotations

import math

import pytest

from intent_tf.errors import InputError, MissingExtraError, require


def test_a_message_names_file_row_column_finding_expectation_and_remedy_in_this_order() -> None:
    error = InputError(
        "'x' is odd", expected="a number", remedy="mend it", file="a.csv", row=7, column="price"
    )
    assert str(error) == "a.csv, row 7, column 'price': 'x' is odd; expected a number. Mend it."


def test_a_message_says_nothing_of_what_is_not_known() -> None:
    assert str(InputError("no such file")) == "no such file"


def test_a_remedy_keeps_its_own_capitals() -> None:
    assert str(InputError("odd", remedy="use --kinds Age=number")) == "odd. Use --kinds Age=number."


def test_bad_input_is_a_value_error() -> None:
    assert issubclass(InputError, ValueError)


def test_require_returns_the_module() -> None:
    assert require("math", "anything") is math


def test_require_names_the_extra_that_installs_a_missing_package() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'intent_tf\[spark\]'"):
        require("no_such_package_at_all", "spark")
