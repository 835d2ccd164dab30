"""A precomputed extractor gives what it gave before."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError

LENGTHS = [40, 12, 3, 1, 2, 25]


@pytest.mark.parametrize("texts", [1, 12], ids=["few", "many"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("mask_zero", [True, False])
def test_in_float32_it_gives_the_same(build_extractor, random_texts, texts, padding, mask_zero) -> None:
    layer = build_extractor(kernel_sizes=(2, 3), padding=padding, mask_zero=mask_zero, activation="tanh")
    for kernel in layer.kernels:
        kernel.assign(kernel / 10)
    ids = random_texts(LENGTHS * texts)
    np.testing.assert_allclose(layer.precompute()(ids), layer(ids), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("storage", "digits"), [("bfloat16", 2.0**-9), ("int8", 1 / 254)])
def test_each_product_of_a_smaller_table_is_off_by_half_its_last_digit_at_most(
    build_extractor, random_texts, storage: str, digits: float
) -> None:
    layer, ids = build_extractor(activation="linear"), random_texts(LENGTHS)
    products = np.einsum("vd,jdf->vjf", layer.embeddings.numpy(), layer.kernels[0].numpy())
    bound = 3 * digits * np.abs(products).max(axis=(0, 1))  # three products a window
    error = np.abs(layer.precompute(storage)(ids) - layer(ids))
    assert (error <= 1.001 * bound + 1e-6).all() and error.max() > 0


@pytest.mark.parametrize("storage", ["float32", "bfloat16", "int8"])
def test_a_saved_model_file_restores_it(build_extractor, random_texts, tmp_path, storage: str) -> None:
    precomputed = build_extractor(kernel_sizes=(2, 3), use_bias=False).precompute(storage)
    model = keras.Sequential([keras.Input((None,), dtype="int32"), precomputed])
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    assert restored.layers[0].tables[0].dtype == storage
    np.testing.assert_array_equal(model(random_texts(LENGTHS)), restored(random_texts(LENGTHS)))


def test_ragged_ids_give_what_padded_ids_give(build_extractor) -> None:
    precomputed = build_extractor().precompute()
    padded = precomputed(np.array([[3, 4, 5, 6], [7, 8, 0, 0]]))
    np.testing.assert_array_equal(precomputed(tf.ragged.constant([[3, 4, 5, 6], [7, 8]])), padded)


def test_it_has_nothing_to_train(build_extractor) -> None:
    assert not build_extractor().precompute().trainable_weights


def test_an_activation_that_may_fall_is_refused(build_extractor) -> None:
    with pytest.raises(InputError, match="gelu"):
        build_extractor(activation="gelu").precompute()


def test_an_unknown_storage_is_refused(build_extractor) -> None:
    with pytest.raises(InputError, match="int4"):
        build_extractor().precompute("int4")
