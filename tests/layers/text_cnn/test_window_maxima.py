from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.layers.text_cnn import window_maxima as module
from intent_tf.layers.text_cnn.window_maxima import window_maxima

# Two rows of one filter at two kernel offsets: row 0 adds 1 or 20, row 1 adds 2 or 10.
TABLE = tf.constant([[1.0, 20.0], [2.0, 10.0]])


def test_a_window_adds_what_each_row_says_at_its_offset() -> None:
    (largest,) = window_maxima(TABLE, tf.constant([[[0, 1]], [[1, 0]]]))
    assert largest.numpy().tolist() == [[22.0]]


def test_of_equal_windows_the_first_is_told() -> None:
    _, best = window_maxima(TABLE, tf.constant([[[0, 1, 1]], [[1, 0, 0]]]), best=True)
    assert best.numpy().tolist() == [[1]]


def test_chunks_give_what_one_piece_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    table = tf.constant(rng.normal(size=(30, 3 * 4)).astype("float32"))
    windows = tf.constant(rng.integers(0, 30, (3, 17, 9)).astype("int32"))
    whole = window_maxima(table, windows, best=True)
    monkeypatch.setattr(module, "CHUNK", 100)
    for chunked, expected in zip(window_maxima(table, windows, best=True), whole, strict=True):
        np.testing.assert_array_equal(chunked, expected)
