from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.integer_ids import integer_ids


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_integers_of_any_type_become_int32(dtype: str) -> None:
    ids = integer_ids(np.array([[1, 2]], dtype), "text")
    assert ids.dtype == tf.int32 and ids.numpy().tolist() == [[1, 2]]


@pytest.mark.parametrize("ids", [np.array([1.0]), np.array([True]), np.array(["a"])])
def test_what_is_no_integer_is_refused_with_its_type(ids: np.ndarray) -> None:
    kind = tf.convert_to_tensor(ids).dtype.name
    with pytest.raises(InputError, match=f"the layer 'text' received ids of type {kind}; expected integers"):
        integer_ids(ids, "text")
