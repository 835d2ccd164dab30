"""The hashed embedding adds up signed rows of a small table."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.hashed_embedding import HashedEmbedding


def built(**options: int) -> HashedEmbedding:
    layer = HashedEmbedding(**{"num_bins": 7, "output_dim": 3, **options})
    layer.build((None,))
    return layer


def test_a_vector_is_the_signed_sum_of_its_rows_over_the_root_of_their_number() -> None:
    layer = built(num_hashes=2)
    layer.table.assign(np.arange(21.0).reshape(7, 3))
    indices, signs = (tensor.numpy() for tensor in layer.indices([[5, 900]]))
    expected = (layer.table.numpy()[indices] * signs[..., None]).sum(axis=2) / np.sqrt(2)
    np.testing.assert_allclose(layer(tf.constant([[5, 900]])), expected, rtol=1e-6)


def test_the_hash_is_the_one_that_saved_models_were_trained_with() -> None:
    # MurmurHash3's finaliser of id + 1 and, for the second hash, of 3 (id + 1); the last bit is the sign.
    def mixed(number: int) -> int:
        for factor in (0x85EBCA6B, 0xC2B2AE35):
            number = ((number ^ (number >> 16)) * factor) & 0xFFFFFFFF
        return number ^ (number >> 16)

    indices, signs = built().indices([[0, 12345]])
    expected = [[mixed(1), mixed(3)], [mixed(12346), mixed(3 * 12346)]]
    assert indices.numpy().tolist() == [[[number // 2 % 7 for number in pair] for pair in expected]]
    assert signs.numpy().tolist() == [[[1 - 2 * (number % 2) for number in pair] for pair in expected]]


def test_bins_and_signs_are_evenly_used_and_independent() -> None:
    indices, signs = built(num_bins=16).indices(tf.range(100_000))
    joint = np.zeros((16, 16, 2, 2))
    np.add.at(joint, (*indices.numpy().T, *(signs.numpy().T + 1) // 2), 1)
    # Of 1,024 cells of 98 on average, whose spread is 10, none is six spreads away.
    assert np.abs(joint - 100_000 / joint.size).max() < 60


def test_ids_that_share_a_bin_disturb_each_other_by_nothing_on_average() -> None:
    indices, signs = (
        tensor.numpy()[:, 0] for tensor in built(num_bins=10, num_hashes=1).indices(tf.range(20_000))
    )
    sums = np.bincount(indices, signs.astype(float))
    assert np.abs(sums).max() < 5 * np.sqrt(2_000)


def test_a_gradient_reaches_the_rows_used_only() -> None:
    layer = built(num_hashes=1)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(tf.constant([4])))
    (gradient,) = tape.gradient(total, [layer.table.value])
    (index,), (sign,) = (tensor.numpy()[0] for tensor in layer.indices([4]))
    expected = np.zeros((7, 3))
    expected[index] = sign
    np.testing.assert_array_equal(tf.convert_to_tensor(gradient), expected)


def test_a_layer_comes_back_from_its_configuration() -> None:
    layer = built(num_hashes=3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()


@pytest.mark.parametrize("name", ["num_bins", "output_dim", "num_hashes"])
def test_an_argument_below_one_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="at least 1 each"):
        HashedEmbedding(**{"num_bins": 5, name: 0})
