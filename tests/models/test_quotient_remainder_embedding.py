"""The quotient-remainder embedding gives each id the product of two rows."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.models.quotient_remainder_embedding import QuotientRemainderEmbedding


def built(**options: int) -> QuotientRemainderEmbedding:
    layer = QuotientRemainderEmbedding(**{"vocabulary_size": 10, "buckets": 4, "dimension": 2, **options})
    layer.build((None,))
    return layer


def test_a_vector_is_the_product_of_the_rows_of_quotient_and_remainder() -> None:
    layer = built()
    layer.quotients.assign([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    layer.remainders.assign([[1.0, 1.0], [10.0, 10.0], [2.0, 3.0], [0.5, 0.0]])
    # 9 = 2 · 4 + 1, 6 = 1 · 4 + 2
    np.testing.assert_array_equal(layer(tf.constant([[9, 6]])), [[[50.0, 60.0], [6.0, 12.0]]])


def test_all_ids_have_vectors_of_their_own() -> None:
    vectors = built(vocabulary_size=2_000, buckets=50, dimension=8)(tf.range(2_000)).numpy()
    assert len(np.unique(vectors.round(7), axis=0)) == 2_000


def test_vectors_start_as_spread_and_unrelated_as_those_of_a_full_table() -> None:
    keras.utils.set_random_seed(0)
    vectors = built(vocabulary_size=2_000, buckets=50, dimension=64)(tf.range(2_000)).numpy()
    full = keras.initializers.RandomUniform()((2_000, 64)).numpy()
    assert vectors.std() == pytest.approx(full.std(), rel=0.1)
    # Neighbours have the quotient in common, ids 50 apart the remainder.
    for apart in (1, 50):
        assert abs(np.corrcoef(vectors[:-apart].ravel(), vectors[apart:].ravel())[0, 1]) < 0.05


def test_few_rows_stand_for_many_ids() -> None:
    assert built(vocabulary_size=1_000_000, buckets=1_000).count_params() == 2_000 * 2


def test_a_layer_comes_back_from_its_configuration() -> None:
    layer = built()
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()


@pytest.mark.parametrize("name", ["vocabulary_size", "buckets", "dimension"])
def test_an_argument_below_one_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="at least 1 each"):
        built(**{name: 0})
