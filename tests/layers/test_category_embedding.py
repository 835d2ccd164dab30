from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from intent_tf.layers.category_embedding import CategoryEmbedding


def numbered() -> CategoryEmbedding:
    layer = CategoryEmbedding((2, 3), output_dim=1)
    layer.build((None, 2))
    layer.embeddings.assign([[0.0], [1.0], [10.0], [11.0], [12.0]])
    return layer


def test_each_column_has_vectors_of_its_own() -> None:
    assert numbered()(np.array([[1, 0], [0, 2]])).numpy().tolist() == [[[1.0], [10.0]], [[0.0], [12.0]]]


@pytest.mark.parametrize("strange", [-1, 2, 99])
def test_an_id_that_a_column_does_not_have_is_read_as_unknown(strange: int) -> None:
    assert numbered()(np.array([[strange, 1]])).numpy().ravel().tolist() == [0.0, 11.0]


def test_before_training_only_the_unknown_category_says_nothing() -> None:
    vectors = CategoryEmbedding((3, 2))(np.array([[0, 0], [1, 1], [2, 1]])).numpy()
    assert vectors.any(axis=-1).tolist() == [[False, False], [True, True], [True, True]]


def test_a_table_without_category_columns_passes() -> None:
    assert CategoryEmbedding(())(np.zeros((3, 0), "int32")).shape == (3, 0, 4)


def test_a_column_without_a_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`input_dims` has 2 entries.*received the input shape \(4, 3\)"):
        CategoryEmbedding((2, 3))(np.zeros((4, 3), "int32"))


def test_an_empty_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="at least the id 0"):
        CategoryEmbedding((2, 0))


def test_a_saved_model_embeds_the_same(tmp_path: Path) -> None:
    layer = numbered()
    inputs = keras.Input((2,), dtype="int32")
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    ids = np.array([[0, 1], [1, 2]])
    np.testing.assert_array_equal(model(ids), restored(ids))
