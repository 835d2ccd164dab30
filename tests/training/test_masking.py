from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.training.masking import Masking, next_subwords

PIECES = WordPieceIds(vocabulary=(*SPECIAL, *(f"w{number}" for number in range(20)), "##s", "##t"))
START, TAIL, MASK = 5, (25, 26), 4
ROW = [2, *range(5, 25), *range(5, 25), 3, 0, 0]
IDS = tf.constant([ROW] * 500)


def masked(masking: Masking, ids: tf.Tensor = IDS, seed: tuple[int, int] = (0, 1)):
    hidden, targets = masking(ids, seed)
    return hidden.numpy(), targets.numpy()


def test_about_the_rate_is_guessed_and_of_it_eight_of_ten_hidden() -> None:
    hidden, targets = masked(Masking(PIECES))
    guessed = targets > 0
    assert guessed.sum() / (500 * 40) == pytest.approx(0.15, abs=0.01)
    assert (hidden[guessed] == MASK).mean() == pytest.approx(0.8, abs=0.03)
    # One of ten stays; of the one of ten that becomes any subword, one of 22 is the same by chance.
    assert (hidden[guessed] == targets[guessed]).mean() == pytest.approx(0.1 + 0.1 / 22, abs=0.02)


def test_targets_are_the_pieces_and_nothing_else_changes() -> None:
    hidden, targets = masked(Masking(PIECES))
    guessed = targets > 0
    np.testing.assert_array_equal(targets[guessed], IDS.numpy()[guessed])
    np.testing.assert_array_equal(hidden[~guessed], IDS.numpy()[~guessed])


def test_special_pieces_and_padding_are_never_guessed() -> None:
    _, targets = masked(Masking(PIECES, rate=0.99))
    assert not targets[:, [0, 41, 42, 43]].any()
    assert (targets[:, 1:41] > 0).mean() > 0.95


def test_pieces_of_one_word_are_hidden_together() -> None:
    ids = tf.constant([[2, 5, *TAIL, 6, TAIL[0], 7, 3]] * 300)
    _, targets = masked(Masking(PIECES, rate=0.4), ids)
    first, second = targets[:, 1:4] > 0, targets[:, 4:6] > 0
    assert (first.all(axis=1) | ~first.any(axis=1)).all() and (second.all(axis=1) | ~second.any(axis=1)).all()
    assert 0.2 < first.any(axis=1).mean() < 0.6
    _, alone = masked(Masking(PIECES, rate=0.4, whole_word=False), ids)
    assert not ((alone[:, 1] > 0) == (alone[:, 2] > 0)).all()


def test_masking_is_dynamic_and_repeatable() -> None:
    masking = Masking(PIECES)
    first, again, other = (masked(masking, seed=(0, step))[1] for step in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert ((first > 0) != (other > 0)).any()


def test_a_causal_target_is_the_next_piece() -> None:
    ids, targets = next_subwords(tf.constant([[2, 7, 3, 0]]))
    assert ids.numpy().tolist() == [[2, 7, 3, 0]] and targets.numpy().tolist() == [[7, 3, 0, 0]]


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_a_rate_out_of_its_range_is_refused(rate: float) -> None:
    with pytest.raises(InputError, match=r"expected a share in \(0, 1\)"):
        Masking(PIECES, rate)
