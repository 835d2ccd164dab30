from __future__ import annotations

import tensorflow as tf

from intent_tf.layers.text_cnn.text_windows import text_lengths, text_windows

TEXTS = tf.constant([[4, 5, 6, 0], [7, 0, 0, 0], [0, 0, 0, 0]])


def windows(kernel_size: int, same: bool) -> list[list[list[int]]]:
    listed = text_windows(TEXTS, text_lengths(TEXTS, 0), kernel_size, same, padding=0)
    return tf.transpose(listed, [1, 2, 0]).numpy().tolist()


def test_a_zero_inside_a_text_counts_for_its_length() -> None:
    assert text_lengths(tf.constant([[7, 0, 5, 0]]), 0).numpy().tolist() == [3]


def test_whole_windows_repeat_the_last_one_of_a_text() -> None:
    assert windows(2, same=False) == [
        [[4, 5], [5, 6], [5, 6]],
        [[7, 0], [7, 0], [7, 0]],
        [[0, 0], [0, 0], [0, 0]],
    ]


def test_there_is_one_window_for_each_token_where_ends_are_filled_up() -> None:
    assert windows(3, same=True)[0] == [[0, 4, 5], [4, 5, 6], [5, 6, 0], [5, 6, 0]]
