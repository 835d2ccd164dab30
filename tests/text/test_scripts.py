from __future__ import annotations

from intent_tf.text.scripts import share_of_cjk


def test_english_has_no_cjk_characters() -> None:
    assert share_of_cjk(["a warm coat", "42!"]) == 0.0


def test_digits_and_marks_are_no_letters() -> None:
    assert share_of_cjk(["很快 10 min!"]) == 2 / 5


def test_no_text_has_no_share() -> None:
    assert share_of_cjk([]) == 0.0


def test_only_the_first_texts_are_read() -> None:
    assert share_of_cjk(["abc", "好吃"], at_most=1) == 0.0
