from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError, MissingExtraError
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")

PIECES = (*SPECIAL, "hat", "##s", "a", "坏", "[cart]", "[", "cart", "]", "!")
NUMBER = {subword: index for index, subword in enumerate(PIECES)}


def ids(*subwords: str) -> list[int]:
    return [NUMBER[subword] for subword in subwords]


def rows(layer: WordPieceIds, *inputs: object) -> list[list[int]]:
    return tf.RaggedTensor.from_tensor(layer(*inputs), padding=0).to_list()


def test_a_text_is_cut_into_the_longest_pieces_between_cls_and_sep() -> None:
    found = rows(WordPieceIds(vocabulary=PIECES), tf.constant(["A hats!"]))
    assert found == [ids("[CLS]", "a", "hat", "##s", "!", "[SEP]")]


def test_chinese_is_cut_by_characters() -> None:
    assert rows(WordPieceIds(vocabulary=PIECES), tf.constant(["坏hat坏"])) == [
        ids("[CLS]", "坏", "hat", "坏", "[SEP]")
    ]


def test_an_uncased_vocabulary_strips_accents_and_a_cased_one_does_not() -> None:
    text = tf.constant(["hât"])
    assert rows(WordPieceIds(vocabulary=PIECES), text) == [ids("[CLS]", "hat", "[SEP]")]
    cased = WordPieceIds(lower=False, vocabulary=PIECES)
    assert rows(cased, text) == [ids("[CLS]", "[UNK]", "[SEP]")]


def test_a_token_of_an_event_is_one_piece_and_the_same_letters_in_a_text_are_not() -> None:
    layer = WordPieceIds(vocabulary=PIECES)
    events = tf.ragged.constant([["[cart]", "hats"]])
    assert rows(layer, None, events) == [ids("[CLS]", "[cart]", "hat", "##s", "[SEP]")]
    assert rows(layer, tf.constant(["[cart]"])) == [ids("[CLS]", "[", "cart", "]", "[SEP]")]


def test_a_text_and_a_session_stand_side_by_side() -> None:
    found = rows(WordPieceIds(vocabulary=PIECES), tf.constant(["hat"]), tf.ragged.constant([["[cart]"]]))
    assert found == [ids("[CLS]", "hat", "[SEP]", "[cart]", "[SEP]")]


def test_of_a_text_the_first_pieces_are_kept_and_of_a_session_the_last() -> None:
    layer = WordPieceIds(max_tokens=8, vocabulary=PIECES)
    assert rows(layer, tf.constant(["! a a a a a hat"])) == [ids("[CLS]", "!", *"aaaaa", "[SEP]")]
    session = tf.ragged.constant([["hat", "a", "a", "a", "a", "a", "!"]])
    assert rows(layer, None, session) == [ids("[CLS]", *"aaaaa", "!", "[SEP]")]


@pytest.mark.parametrize("tokens", [8, 9, 31])
def test_no_document_is_longer_than_asked(tokens: int) -> None:
    layer = WordPieceIds(max_tokens=tokens, vocabulary=PIECES)
    found = layer(tf.constant(["a " * 50]), tf.ragged.constant([["a"] * 50]))
    assert tokens - 1 <= found.shape[1] <= tokens


def test_an_empty_text_is_cls_and_sep() -> None:
    assert rows(WordPieceIds(vocabulary=PIECES), tf.constant([""])) == [ids("[CLS]", "[SEP]")]


def test_further_pieces_come_after_those_that_are_there() -> None:
    extended = WordPieceIds(vocabulary=PIECES).extended(["[dwell 5]", "hat"])
    assert extended.vocabulary == (*PIECES, "[dwell 5]")
    assert rows(extended, None, tf.ragged.constant([["[dwell 5]"]]))[0][1] == len(PIECES)


def test_pieces_that_go_on_with_a_word_are_known() -> None:
    assert np.flatnonzero(WordPieceIds(vocabulary=PIECES).continues).tolist() == ids("##s")


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [
        (("[PAD]", "[UNK]", "[CLS]", "[SEP]", "hat"), r"lacks \[MASK\]"),
        (("hat", *SPECIAL), "begins with 'hat'"),
        ((*SPECIAL, "hat", "hat"), "twice"),
        ((*SPECIAL, ""), "empty subword"),
    ],
)
def test_a_vocabulary_that_is_none_is_refused(vocabulary: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        WordPieceIds(vocabulary=vocabulary)


def test_a_file_that_is_no_vocabulary_is_named(tmp_path) -> None:
    (tmp_path / "vocab.txt").write_text("hat\n")
    with pytest.raises(InputError, match=r"vocab.txt.*lacks \[PAD\]"):
        WordPieceIds.from_file(tmp_path / "vocab.txt")
    with pytest.raises(InputError, match="cannot be read"):
        WordPieceIds.from_file(tmp_path / "none.txt")


def test_without_tensorflow_text_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tensorflow_text", None)
    with pytest.raises(MissingExtraError, match=r"intent_tf\[bert\]"):
        WordPieceIds(vocabulary=PIECES)(tf.constant(["hat"]))


@pytest.mark.parametrize("part", ["a", "<", "坏 ", "\ufdfa"])
def test_a_text_of_1_MB_gives_the_pieces_of_its_first_characters(part: str) -> None:
    layer = WordPieceIds(vocabulary=PIECES, max_tokens=512, max_characters=100)
    assert rows(layer, tf.constant([part * 300_000])) == rows(layer, tf.constant([(part * 100)[:100]]))


def test_the_configuration_says_how_many_characters_are_read() -> None:
    assert WordPieceIds(max_characters=100).get_config()["max_characters"] == 100
