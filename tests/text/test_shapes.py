"""Shapes tell apart exactly what a pattern tells apart."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.text.code_points import code_points_matching
from intent_tf.text.shapes import Shapes
from intent_tf.text.social_cut import _classes


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes(_classes())


@pytest.mark.parametrize("pattern", sorted(set(_classes())))
def test_the_shapes_of_a_class_are_those_of_its_members_and_of_no_others(
    shapes: Shapes, pattern: str
) -> None:
    alike = np.isin(shapes(tf.range(0x110000)).numpy(), shapes.like(pattern))
    assert set(np.flatnonzero(alike).tolist()) == code_points_matching(pattern)


def test_characters_that_no_class_tells_apart_share_a_shape() -> None:
    latin, han, mark = Shapes([r"\w", "!"])(tf.constant(list(map(ord, "a漢!")))).numpy()
    assert latin == han != mark
