"""Shards hold every row once."""

from __future__ import annotations

import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.data.shard import Shard


def shares(rows: int, batch: int, pipelines: int, replicas: int) -> list[list[list[int]]]:
    """By pipeline, the rows of its replicas, one element a replica and batch."""
    total = pipelines * replicas
    batches = tf.data.Dataset.range(rows).batch(batch)
    return [
        [part.tolist() for part in Shard(first, replicas, total).split(batches).as_numpy_iterator()]
        for first in range(0, total, replicas)
    ]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.integers(1, 12), st.integers(1, 3), st.integers(1, 3))
def test_replicas_share_each_batch_without_overlap_or_loss(
    rows: int, batch: int, pipelines: int, replicas: int
) -> None:
    found = shares(rows, batch, pipelines, replicas)
    steps = -(-rows // batch)
    assert {len(each) for each in found} == {steps * replicas}
    for step in range(steps):
        parts = [part for each in found for part in each[step * replicas : (step + 1) * replicas]]
        whole = list(range(step * batch, min(rows, (step + 1) * batch)))
        assert sorted(row for part in parts for row in part) == whole
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_replica_may_get_no_rows() -> None:
    assert shares(4, 3, pipelines=2, replicas=1) == [[[0, 2], [3]], [[1], []]]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5))
def test_no_two_elements_have_the_same_number(pipelines: int, replicas: int, steps: int) -> None:
    total = pipelines * replicas
    shards = [Shard(first, replicas, total) for first in range(0, total, replicas)]
    numbers = [int(shard.share(element)) for shard in shards for element in range(steps * replicas)]
    assert sorted(numbers) == list(range(steps * total))


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), st.integers(1, 3))
def test_rows_themselves_are_split_as_their_numbers_are(rows: int, batch: int, replicas: int) -> None:
    numbers = tf.data.Dataset.range(rows).batch(batch)
    texts = numbers.map(
        lambda indices: (tf.RaggedTensor.from_row_lengths(indices, tf.ones_like(indices)), indices)
    )
    shard = Shard(0, replicas, replicas)
    found = [(ragged.to_list(), each.numpy().tolist()) for ragged, each in shard.split(texts)]
    expected = [each.tolist() for each in shard.split(numbers).as_numpy_iterator()]
    assert found == [([[index] for index in each], each) for each in expected]
