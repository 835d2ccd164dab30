from __future__ import annotations

import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.text.wordpiece_vocabulary import learn_vocabulary

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")


def test_chinese_is_learnt_by_characters() -> None:
    texts = ["质量很好，穿着舒服", "质量太差，退货了", "很喜欢 nice hat"] * 40
    vocabulary = learn_vocabulary(texts, [], 200)
    chinese = {subword for subword in vocabulary if any("\u4e00" <= letter <= "\u9fff" for letter in subword)}
    assert chinese == set("质量很好穿着舒服太差退货了喜欢")
    cut = WordPieceIds(32, vocabulary=vocabulary).cut_words(tf.constant(["很差！", "nice"])).to_list()
    assert [[vocabulary[index] for index in row] for row in cut] == [["很", "差", "[UNK]"], ["nice"]]


def test_special_pieces_and_actions_come_first_and_once() -> None:
    vocabulary = learn_vocabulary(["red hat"] * 50, ["[cart]", "[dwell 5]", "[cart]"], 100)
    assert vocabulary[:7] == (*SPECIAL, "[cart]", "[dwell 5]")
    assert len(set(vocabulary)) == len(vocabulary)


def test_cased_words_are_kept_on_request() -> None:
    assert "Hat" in learn_vocabulary(["Hat"] * 50, [], 100, lower=False)
    assert "hat" in learn_vocabulary(["Hat"] * 50, [], 100)


def test_sessions_without_any_text_have_a_vocabulary_of_actions() -> None:
    vocabulary = learn_vocabulary(["", " "], ["[cart]"], 100)
    assert vocabulary == (*SPECIAL, "[cart]", "a")
    assert WordPieceIds(vocabulary=vocabulary)(tf.constant(["hat"])).shape == (1, 3)


def test_a_vocabulary_too_small_for_its_actions_is_refused() -> None:
    with pytest.raises(InputError, match="of which 65 are special or actions; expected at least 115"):
        learn_vocabulary(["hat"], [f"[dwell {index}]" for index in range(60)], 100)
