from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.models.bert import BertTransformer


def network(**options: object) -> BertTransformer:
    keras.utils.set_random_seed(0)
    return BertTransformer(30, num_layers=2, hidden_dim=12, num_heads=3, max_sequence_length=16, **options)


def sequence(model: BertTransformer, rows: list[list[int]]) -> np.ndarray:
    return model(tf.constant(rows))["sequence_output"].numpy()


def test_padding_changes_nothing() -> None:
    model = network()
    short, padded = sequence(model, [[2, 7, 3]]), sequence(model, [[2, 7, 3, 0, 0]])
    np.testing.assert_allclose(padded[:, :3], short, atol=1e-6)


def test_the_order_of_subwords_matters() -> None:
    model = network()
    assert np.abs(sequence(model, [[2, 7, 8]])[0, 0] - sequence(model, [[2, 8, 7]])[0, 0]).max() > 1e-4


def test_a_causal_network_does_not_look_ahead_and_another_does() -> None:
    for causal in (True, False):
        model = network(causal=causal)
        first, other = (sequence(model, [[2, 7, last]])[0, :2] for last in (8, 9))
        assert np.allclose(first, other, atol=1e-6) == causal


@pytest.mark.parametrize("causal", [False, True])
def test_sparing_what_the_first_subword_does_not_need_changes_neither_it_nor_gradients(
    causal: bool,
) -> None:
    model, ids = network(dropout=0.0, causal=causal), tf.constant([[2, 7, 8, 9, 3], [2, 9, 3, 0, 0]])
    results = []
    for first_only in (False, True):
        with tf.GradientTape() as tape:
            outputs = model(ids, first_only=first_only, training=True)
            loss = tf.reduce_sum(outputs["pooled_output"] ** 2)
        gradients = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
        assert outputs["sequence_output"].shape == (2, 1 if first_only else 5, 12)
        results.append([outputs["pooled_output"], *map(tf.convert_to_tensor, gradients)])
    assert len(results[0]) == len(model.trainable_weights) + 1
    for whole, first in zip(*results, strict=True):
        np.testing.assert_allclose(first, whole, rtol=0, atol=1e-6)


def test_segments_matter() -> None:
    model, ids = network(), tf.constant([[2, 7]])
    zeros = model(ids, None, tf.zeros_like(ids))["sequence_output"]
    np.testing.assert_array_equal(model(ids)["sequence_output"], zeros)
    assert np.abs(model(ids, None, tf.ones_like(ids))["sequence_output"] - zeros).max() > 1e-4


def test_a_row_longer_than_the_positions_is_refused() -> None:
    with pytest.raises(InputError, match="a row of 17 subwords; expected at most 16"):
        network()(tf.ones((1, 17), tf.int32))


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(InputError, match="5 heads do not divide the width 12"):
        BertTransformer(30, hidden_dim=12, num_heads=5)


def test_half_precision_stays_near() -> None:
    model, half = network(), network(dtype="mixed_bfloat16")
    ids = tf.constant([[2, 7, 8, 3]])
    model(ids), half(ids)
    half.set_weights(model.get_weights())
    output = half(ids)["sequence_output"]
    assert output.dtype == tf.bfloat16
    np.testing.assert_allclose(tf.cast(output, tf.float32), model(ids)["sequence_output"], atol=0.1)


def test_the_same_weights_give_what_kerashub_gives() -> None:
    models = pytest.importorskip("keras_hub", reason="keras-hub is not installed").models
    from intent_tf.models.bert.hugging_face import assign_tensors
    from intent_tf.models.bert.keras_hub_preset import _tensors

    theirs = models.BertBackbone(
        vocabulary_size=30,
        num_layers=2,
        num_heads=3,
        hidden_dim=12,
        intermediate_dim=48,
        max_sequence_length=16,
    )
    ours = network(tanh_gelu=True)
    ours.build()
    before = [weight.numpy().copy() for weight in ours.weights]
    assign_tensors(ours, _tensors(theirs), "here")
    assert all(np.any(new != old) for new, old in zip(ours.weights, before, strict=True) if new.ndim == 2)
    ids, types = tf.constant([[2, 7, 8, 3], [2, 9, 3, 0]]), tf.constant([[0, 0, 1, 1], [0, 0, 0, 0]])
    mask = tf.cast(ids != 0, tf.int32)
    expected = theirs({"token_ids": ids, "segment_ids": types, "padding_mask": mask})
    outputs = ours(ids, mask, types)
    for name in ("sequence_output", "pooled_output"):
        present = np.ones(2, bool) if name == "pooled_output" else mask.numpy().astype(bool)
        np.testing.assert_allclose(outputs[name][present], expected[name][present], atol=2e-6)
