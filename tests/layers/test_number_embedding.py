from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from intent_tf.layers.number_embedding import NumberEmbedding


def adapted(column: list[float], output_dim: int = 1, num_bins: int = 32) -> NumberEmbedding:
    layer = NumberEmbedding(output_dim, num_bins)
    scores = np.array(column, "float32")[:, None]
    layer.adapt(scores, np.zeros_like(scores))
    return layer


def embed(layer: NumberEmbedding, x: float, missing: float = 0.0) -> list[float]:
    return layer(np.array([[x]], "float32"), np.array([[missing]], "float32")).numpy().ravel().tolist()


def test_it_begins_as_a_straight_line() -> None:
    layer = adapted([-1.0, 0.0, 1.0], output_dim=2)
    layer.slope.assign([[2.0, -1.0]])
    layer.bias.assign([[0.5, 0.25]])
    assert embed(layer, 3.0) == [6.5, -2.75]


def test_each_bin_adds_the_share_of_it_that_lies_below() -> None:
    layer = adapted([0.0, 1.0, 3.0], num_bins=2)
    layer.slope.assign([[0.0]])
    layer.bias.assign([[0.0]])
    layer.steps.assign([[[10.0], [100.0]]])
    assert [embed(layer, x)[0] for x in (-1.0, 0.5, 1.0, 1.5, 9.0)] == [0.0, 5.0, 10.0, 35.0, 110.0]


def test_a_missing_number_is_the_median_plus_a_learnt_vector() -> None:
    layer = adapted([-1.0, 0.0, 1.0], output_dim=2)
    layer.missing.assign([[3.0, 4.0]])
    layer.bias.assign([[1.0, 1.0]])
    assert embed(layer, 0.0, missing=1.0) == [4.0, 5.0]


def test_many_values_are_cut_at_their_quantiles() -> None:
    layer = adapted(list(range(101)), num_bins=4)
    assert layer.edges.numpy().tolist() == [[0.0, 25.0, 50.0, 75.0, 100.0]]


def test_few_values_are_the_edges_themselves() -> None:
    layer = adapted([2.0, 0.0, 0.0, 1.0], num_bins=4)
    assert layer.edges.numpy().tolist() == [[0.0, 1.0, 2.0, 2.0, 2.0]]


def test_missing_training_rows_do_not_move_the_quantiles() -> None:
    layer = NumberEmbedding(num_bins=2)
    layer.adapt(np.array([[5.0], [0.0], [6.0], [7.0]]), np.array([[0], [1], [0], [0]]))
    assert layer.edges.numpy().tolist() == [[5.0, 6.0, 7.0]]


@pytest.mark.parametrize("gap", [0.0, 1.0], ids=["constant", "all missing"])
def test_a_column_that_says_nothing_has_no_bends(gap: float) -> None:
    layer = NumberEmbedding(output_dim=1)
    layer.adapt(np.zeros((5, 1)), np.full((5, 1), gap))
    layer.steps.assign(np.full((1, 8, 1), 9.0))
    layer.bias.assign([[1.0]])
    assert embed(layer, 0.0) == [1.0]


def test_every_weight_but_the_edges_is_trained() -> None:
    layer = adapted([0.0, 1.0])
    assert [weight.name for weight in layer.non_trainable_weights] == ["edges"]


def test_a_saved_model_embeds_the_same(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    scores, missing = random.normal(size=(64, 3)), random.integers(0, 2, (64, 3)).astype("float32")
    layer = NumberEmbedding(output_dim=5, num_bins=7)
    layer.adapt(scores, missing)
    layer.steps.assign(random.normal(size=(3, 7, 5)))
    inputs = [keras.Input((3,)), keras.Input((3,))]
    model = keras.Model(inputs, layer(*inputs))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model([scores, missing]), restored([scores, missing]))
