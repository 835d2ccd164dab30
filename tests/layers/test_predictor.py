from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from intent_tf.layers.predictor import Predictor

X = np.random.default_rng(0).normal(size=(512, 6)).astype("float32")


def test_the_logits_are_linear_in_the_last_layer() -> None:
    predictor = Predictor(units=(4, 3), ensemble_size=5)
    logits, layer = predictor(X), predictor.last_layer(X).numpy()
    assert layer.shape == (512, 5, 3)
    expected = (layer * predictor.kernel.numpy()).sum(axis=-1) + predictor.bias.numpy()
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-6)


def test_a_plain_predictor_is_dense_layers_and_one_output() -> None:
    predictor = Predictor(units=(4, 3), ensemble_size=1)
    logits = predictor(X)
    plain = keras.Sequential(
        [keras.layers.Dense(4, "relu"), keras.layers.Dense(3, "relu"), keras.layers.Dense(1)]
    )
    plain.build((None, 6))
    kernel, bias = predictor.kernel.numpy(), predictor.bias.numpy()
    plain.set_weights([*(w for layer in predictor.hidden for w in layer.get_weights()), kernel.T, bias])
    np.testing.assert_allclose(logits, plain(X), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("ensemble_size", [1, 16])
@pytest.mark.parametrize("units", [(), (8,), (8, 8, 8)])
def test_each_member_gives_one_logit(ensemble_size: int, units: tuple[int, ...]) -> None:
    assert Predictor(units, ensemble_size)(X).shape == (512, ensemble_size)


def test_members_disagree_before_training() -> None:
    assert Predictor((8,), ensemble_size=4)(X).numpy().std(axis=1).min() > 0


def test_a_member_learns_alone() -> None:
    import tensorflow as tf

    predictor = Predictor((8,), ensemble_size=4, dropout=0.0)
    predictor.build(X.shape)
    with tf.GradientTape() as tape:
        logits = predictor(X)[:, 2]
    gradient = tape.gradient(logits, predictor.kernel.value).numpy()
    assert np.flatnonzero(np.abs(gradient).sum(axis=1)).tolist() == [2]


def test_dropout_acts_in_training_only() -> None:
    predictor = Predictor((8,), ensemble_size=4, dropout=0.5)
    calm, again, dropped = predictor(X), predictor(X, training=False), predictor(X, training=True)
    assert np.array_equal(calm, again) and not np.array_equal(calm, dropped)


def test_all_members_drop_the_same_outputs_of_a_row() -> None:
    predictor = Predictor((64,), ensemble_size=4, dropout=0.5)
    predictor.build(X.shape)
    dropped = predictor.drops[0](np.ones((3, 4, 64), "float32"), training=True).numpy() == 0
    assert (dropped == dropped[:, :1]).all() and not (dropped[0] == dropped[1]).all()


def test_each_member_starts_with_one_scale_for_each_feature_block() -> None:
    predictor = Predictor((8,), ensemble_size=4, feature_blocks=(4, 2))
    predictor.build(X.shape)
    scales = predictor.hidden[0].scale_in.numpy()
    assert [len(np.unique(row)) for row in scales] == [2, 2, 2, 2]


@pytest.mark.guard
@pytest.mark.parametrize("ensemble_size", [1, 8])
def test_it_learns_what_no_line_separates(ensemble_size: int) -> None:
    keras.utils.set_random_seed(0)
    label = (X[:, :1] * X[:, 1:2] > 0).astype("float32").repeat(ensemble_size, axis=1)
    inputs = keras.Input((6,))
    model = keras.Model(inputs, Predictor((32,), ensemble_size)(inputs))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    model.fit(X, label, epochs=40, batch_size=64, verbose=0)
    assert model.evaluate(X, label, verbose=0) < 0.25


@pytest.mark.parametrize("ensemble_size", [1, 4])
def test_a_saved_model_predicts_the_same(tmp_path: Path, ensemble_size: int) -> None:
    inputs = keras.Input((6,))
    model = keras.Model(inputs, Predictor((8, 4), ensemble_size, feature_blocks=(5, 1))(inputs))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(X), restored(X))


def test_an_untrained_predictor_starts_near_its_prior() -> None:
    predictor = Predictor(ensemble_size=4, prior=0.02)
    predictor.build((None, 3))
    np.testing.assert_allclose(keras.ops.sigmoid(predictor.bias), 0.02, rtol=1e-5)
