from __future__ import annotations

import numpy as np
import tensorflow as tf

from intent_tf.columns.row_order import epoch_batches

LENGTHS = np.random.default_rng(0).integers(1, 200, 1003)


def batches(epoch: int = 0, *, by_length: bool = True) -> list[np.ndarray]:
    lengths = tf.constant(LENGTHS) if by_length else None
    return list(epoch_batches(1003, 16, (3, tf.constant(epoch)), lengths).as_numpy_iterator())


def test_every_row_comes_once_an_epoch() -> None:
    for by_length in (True, False):
        found = np.concatenate(batches(by_length=by_length))
        assert sorted(found.tolist()) == list(range(1003))


def test_batches_by_length_hold_little_padding_and_others_much() -> None:
    def padding(by_length: bool) -> float:
        padded = sum(len(rows) * LENGTHS[rows].max() for rows in batches(by_length=by_length))
        return 1 - LENGTHS.sum() / padded

    assert padding(by_length=True) < 0.05
    assert padding(by_length=False) > 0.4


def test_the_lengths_of_batches_neither_rise_nor_fall() -> None:
    means = [LENGTHS[rows].mean() for rows in batches()]
    assert abs(np.corrcoef(means, range(len(means)))[0, 1]) < 0.3


def test_an_epoch_is_repeatable_and_the_next_one_differs() -> None:
    first, again, other = (np.concatenate(batches(epoch)) for epoch in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.9
