from __future__ import annotations

import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.training.recombination import recombine

FRAME = pd.DataFrame(
    {
        "review": ["One. Two!", "Three? Four.", None, "五。六！"],
        "title": ["A", "B", "C", "D"],
        "pages": [1, 2, 3, 4],
    }
)


def test_sentences_come_from_the_row_and_one_other_in_their_order() -> None:
    found = recombine(FRAME.head(2), ["review"], times=50)["review"]
    order = ["One.", "Two!", "Three?", "Four.", "One.", "Two!"]
    assert found.nunique() > 8
    for text in found:
        indices = iter(order)
        assert all(sentence in indices for sentence in text.split())


def test_chinese_sentences_are_told_apart() -> None:
    texts = set(recombine(FRAME.tail(1), ["review"], times=50)["review"])
    assert {"五。", "六！", "五。 六！"} <= texts


def test_other_columns_are_the_rows_own() -> None:
    found = recombine(FRAME, ["review"], times=2)
    assert found["pages"].tolist() == [1, 2, 3, 4] * 2 and found.index.tolist() == list(range(8))


def test_no_text_becomes_empty_that_was_not() -> None:
    found = recombine(FRAME, ["review", "title"], times=20)
    assert (found["title"] != "").all()
    assert (found.loc[found["pages"] != 3, "review"] != "").all()


def test_the_seed_decides() -> None:
    first, again, other = (recombine(FRAME, ["review"], 5, seed)["review"].tolist() for seed in (0, 0, 1))
    assert first == again != other


def test_a_table_without_texts_is_refused() -> None:
    with pytest.raises(InputError, match="no text to recombine"):
        recombine(FRAME, [])
