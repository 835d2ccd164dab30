"""A chunk of a table makes the same tensors as its DataFrame, by way of Arrow or of pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tensorflow as tf

from intent_tf.columns.chunk_columns import chunk_columns
from intent_tf.columns.raw_columns import raw_columns
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.data.tables import Chunk, TableFile

NUMBERS = [
    pa.array([1.5, None, float("nan"), 1e300, -0.0]),
    pa.array([1, None, 2**60 + 1, -3, 0], pa.int64()),
    pa.array([1, 2**64 - 1, 0, None, 7], pa.uint64()),
    pa.array([True, False, None, True, False]),
    pa.array(["1.5", "true", "", None, "NaN"]),
    pa.array([1.5, None, 2, 3, 4], pa.float32()),
]
TEXTS = [
    pa.array(["red", "", None, "手表", " x "]),
    pa.array(["red", "", None, "手表", " x "], pa.large_string()),
    pa.array([3, None, 2**60, -1, 0]),
    pa.array([3.0, None, 2.5, -1.0, 0.0]),
    pa.array([True, None, False, True, True]),
    pa.array(["a", "b", "a", None, "b"]).dictionary_encode(),
]


def lists(values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array([0, 2, 2, None, 5], pa.int32()), values)


CASES = [(values, Column("x", "number", "float")) for values in NUMBERS]
CASES += [(values, Column("x", "category", "string")) for values in TEXTS]
CASES += [(lists(values), Column("x", "sequence", "float", "session")) for values in NUMBERS]
CASES += [(lists(values), Column("x", "sequence", "string", "session")) for values in TEXTS]


@pytest.mark.parametrize(
    ("values", "column"), CASES, ids=lambda each: str(getattr(each, "type", "")) or each.kind
)
def test_a_chunk_makes_what_its_frame_makes(values: pa.Array, column: Column) -> None:
    specification = FeatureSpecification((column,))
    chunk = Chunk(np.arange(1, 1 + len(values)), pa.table({"x": values}))
    made, expected = chunk_columns(chunk, specification), raw_columns(chunk.frame(["x"]), specification)
    assert made.keys() == expected.keys()
    for name, tensor in expected.items():
        assert made[name].dtype == tensor.dtype
        if isinstance(tensor, tf.RaggedTensor):
            assert made[name].row_lengths().numpy().tolist() == tensor.row_lengths().numpy().tolist()
            tensor, made[name] = tensor.flat_values, made[name].flat_values
        np.testing.assert_array_equal(made[name].numpy(), tensor.numpy())


def test_lists_in_a_csv_file_are_read_too(tmp_path: Path) -> None:
    pd.DataFrame({"x": ['["a", "b"]', "[]"]}).to_csv(tmp_path / "x.csv", index=False)
    specification = FeatureSpecification((Column("x", "sequence", "string", "session"),))
    [chunk] = TableFile(tmp_path / "x.csv").chunks()
    assert chunk_columns(chunk, specification)["x"].to_list() == [[b"a", b"b"], []]
