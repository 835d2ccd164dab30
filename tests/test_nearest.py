from __future__ import annotations

import pytest

from intent_tf.nearest import nearest


@pytest.mark.parametrize(
    ("word", "known", "clause"),
    [
        ("lable", ["data", "label"], " (did you mean 'label'?)"),
        ("PageValue", ["PageValues", "Pages"], " (did you mean 'PageValues'?)"),
        ("qqq", ["label", "data"], ""),
        ("label", [], ""),
    ],
)
def test_the_nearest_word_is_named_if_any_is_near(word: str, known: list[str], clause: str) -> None:
    assert nearest(word, known) == clause
