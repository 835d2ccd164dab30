from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from intent_tf.layers.ensemble_dense import EnsembleDense

RANDOM = keras.initializers.RandomNormal(stddev=1.0)


def trained(ensemble_size: int = 3, activation: str | None = None) -> EnsembleDense:
    layer = EnsembleDense(
        units=4, ensemble_size=ensemble_size, activation=activation, input_scale_initializer=RANDOM
    )
    layer.build((None, 5))
    random = np.random.default_rng(0)
    for weight in layer.weights:
        weight.assign(random.normal(size=weight.shape))
    return layer


def test_a_member_scales_both_ends_of_the_shared_kernel() -> None:
    layer = EnsembleDense(units=1, ensemble_size=2)
    layer.build((None, 2))
    layer.kernel.assign([[1.0], [10.0]])
    layer.scale_in.assign([[1.0, 1.0], [2.0, -1.0]])
    layer.scale_out.assign([[1.0], [3.0]])
    layer.bias.assign([[0.0], [0.5]])
    assert layer(np.array([[1.0, 2.0]], "float32")).numpy().tolist() == [[[21.0], [-53.5]]]


def test_a_shared_input_gives_what_copies_of_it_give() -> None:
    layer = trained()
    x = np.random.default_rng(1).normal(size=(7, 5)).astype("float32")
    copies = np.repeat(x[:, None], 3, axis=1)
    np.testing.assert_allclose(layer(x), layer(copies), rtol=2e-5, atol=1e-5)


def test_each_member_is_a_dense_layer_with_the_scaled_kernel() -> None:
    layer = trained(activation="relu")
    x = np.random.default_rng(1).normal(size=(7, 5)).astype("float32")
    outputs = layer(x).numpy()
    for member in range(3):
        dense = keras.layers.Dense(4, activation="relu")
        dense.build((None, 5))
        kernel = layer.scale_in[member][:, None] * layer.kernel * layer.scale_out[member]
        dense.set_weights([kernel, layer.bias[member]])
        np.testing.assert_allclose(outputs[:, member], dense(x), rtol=2e-5, atol=1e-5)


def test_members_start_equal_unless_their_inputs_are_scaled_at_random() -> None:
    x = np.ones((1, 5), "float32")
    equal, random = (
        EnsembleDense(4, 3)(x).numpy(),
        EnsembleDense(4, 3, input_scale_initializer=RANDOM)(x).numpy(),
    )
    assert np.ptp(equal, axis=1).max() == 0.0 < np.ptp(random, axis=1).min()


def test_an_input_for_another_number_of_members_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(batch, 3, input_dim\), received \(2, 4, 5\)"):
        EnsembleDense(4, 3)(np.zeros((2, 4, 5), "float32"))


def test_a_saved_model_gives_the_same(tmp_path: Path) -> None:
    inputs = keras.Input((5,))
    model = keras.Sequential([inputs, trained(activation="relu"), EnsembleDense(2, 3)])
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(1).normal(size=(7, 5)).astype("float32")
    np.testing.assert_array_equal(model(x), restored(x))
