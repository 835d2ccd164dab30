"""Classes and maps of code points hold for all of them."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.text.code_points import (
    CodePointExpansion,
    CodePointMap,
    code_points_matching,
    every_character,
    re2_class,
)

code_points = st.integers(0, 0x10FFFF)


def test_every_character_stands_at_its_own_place() -> None:
    assert all(ord(char) == index for index, char in enumerate(every_character()))


def test_a_pattern_matches_the_code_points_of_its_class() -> None:
    assert code_points_matching("[a-c]") == {0x61, 0x62, 0x63}


def test_newline_can_match() -> None:
    assert 0x0A in code_points_matching(r"\s")


@pytest.mark.parametrize("negated", [False, True])
@settings(deadline=None, max_examples=30)
@given(members=st.sets(st.one_of(code_points, st.integers(0x60, 0x90), st.integers(0xD7F0, 0xE010))))
def test_re2_matches_exactly_the_members_of_a_class(negated: bool, members: set[int]) -> None:
    near = sorted(members | {c + 1 for c in members} | {c - 1 for c in members})
    near = [c for c in near if 0 <= c <= 0x10FFFF and not 0xD800 <= c <= 0xDFFF]
    members = {c for c in members if not 0xD800 <= c <= 0xDFFF}
    encoded = np.empty(len(near), object)
    encoded[:] = [chr(c).encode() for c in near]
    matches = tf.strings.regex_full_match(
        tf.constant(encoded, tf.string), re2_class(members, negated)
    ).numpy()
    wanted = set(near) - members if negated else members
    assert {c for c, match in zip(near, matches, strict=True) if match} == wanted


def test_a_negated_class_matches_no_bytes_that_are_no_utf_8() -> None:
    assert not tf.strings.regex_full_match(b"\xed\xa0\x80", re2_class([0x61], negated=True) + "*")


@given(st.dictionaries(code_points, st.integers(-(2**31), 2**31 - 1), max_size=5), st.lists(code_points))
@settings(deadline=None, max_examples=5)
def test_a_map_gives_its_values_and_else_the_default(values: dict[int, int], others: list[int]) -> None:
    keys = [*values, *others]
    looked_up = CodePointMap(values, default=7)(tf.constant(keys, tf.int32)).numpy().tolist()
    assert looked_up == [values.get(key, 7) for key in keys]


def test_an_expansion_grows_shrinks_and_keeps_each_text_its_own() -> None:
    expansion = CodePointExpansion({"a": "xyz", "b": "", "c": "d"})
    texts = tf.strings.unicode_decode(["abc", "", "b", "eaa"], "UTF-8")
    assert tf.strings.unicode_encode(expansion(texts), "UTF-8").numpy().tolist() == [
        b"xyzd",
        b"",
        b"",
        b"exyzxyz",
    ]


def test_an_expansion_of_nothing_changes_nothing() -> None:
    texts = tf.strings.unicode_decode(["abc", ""], "UTF-8")
    assert CodePointExpansion({})(texts).to_list() == texts.to_list()
