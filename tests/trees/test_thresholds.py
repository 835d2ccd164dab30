from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.trees.thresholds import at_most, below, bit_set, of_categories

FLOATS = st.floats(width=32, allow_nan=False)


@given(st.floats(allow_nan=False), FLOATS)
def test_a_float32_is_at_most_the_rounded_threshold_where_it_is_at_most_the_threshold(threshold, number):
    rounded = at_most(threshold)
    with np.errstate(over="ignore"):
        above = np.nextafter(rounded, np.float32(np.inf))
    for each in (number, float(rounded), float(above)):
        assert (np.float32(each) <= rounded) == (each <= threshold)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), FLOATS)
def test_a_float32_is_at_most_the_threshold_below_where_it_is_less(threshold, number):
    for each in (number, threshold, float(below(threshold))):
        assert (np.float32(each) <= below(threshold)) == (each < threshold)


@given(st.sets(st.integers(0, 40)))
def test_an_odd_number_of_thresholds_lies_below_the_ids_and_only_them(ids):
    thresholds = of_categories(ids)
    assert thresholds == sorted(thresholds)
    assert {id_ for id_ in range(-2, 50) if sum(each < id_ for each in thresholds) % 2} == ids


@given(st.sets(st.integers(0, 95)))
def test_the_bits_of_words_are_ids(ids):
    words = [sum(1 << id_ % 32 for id_ in ids if id_ // 32 == word) for word in range(3)]
    assert bit_set(np.array(words, np.uint32)) == ids
