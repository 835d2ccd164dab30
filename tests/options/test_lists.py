from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.options.lists import read_list, read_pairs, write_list


@given(st.lists(st.text()))
def test_what_is_written_is_read_again(names: list[str]) -> None:
    assert read_list(write_list(names)) == names


@given(st.dictionaries(st.text(), st.text()))
def test_any_name_may_have_any_value(pairs: dict[str, str]) -> None:
    text = ",".join(f"{write_list([name])}={write_list([value])}" for name, value in pairs.items())
    assert read_pairs(text) == pairs


@pytest.mark.parametrize("text", ["flour", "flour=1,salt"])
def test_a_part_without_a_value_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.split(",")[-1]):
        read_pairs(text)
