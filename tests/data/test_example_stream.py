"""Examples streamed from Parquet: every row once, in an order that can be taken up again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from intent_tf.columns.raw_columns import padded
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.example_stream import ExampleStream
from intent_tf.data.examples import prepare_examples
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.simulator.simulator import simulate

SPECIFICATION = FeatureSpecification(
    (
        Column("item_id", "sequence", "string", "session"),
        Column("elapsed", "sequence", "float", "session"),
        Column("session_id", "text", "string"),
        Column("events", "number", "float"),
    ),
    "purchase",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("examples") / "out"
    prepare_examples(simulate(200, seed=1), ExampleDefinition(prediction_times="1,2,3"), out=out)
    return out


def stream(folder: Path, **options: Any) -> ExampleStream:
    return ExampleStream(folder, SPECIFICATION, **{"batch_size": 64} | options)


def keys(dataset: tf.data.Dataset) -> list[tuple[bytes, float]]:
    """What names each example, in order."""
    return [
        key
        for columns, *_ in dataset
        for key in zip(
            columns["session_id"].numpy().tolist(), columns["events"].numpy().tolist(), strict=True
        )
    ]


def expected_keys(folder: Path) -> list[tuple[bytes, float]]:
    examples = pd.read_parquet(folder / "examples", columns=["session_id", "events"])
    return [(session.encode(), float(events)) for session, events in examples.itertuples(index=False)]


@pytest.mark.parametrize("seed", [None, 0])
def test_every_example_comes_once_an_epoch(folder: Path, seed: int | None) -> None:
    found = keys(stream(folder, seed=seed).dataset())
    assert sorted(found) == sorted(expected_keys(folder))


def test_columns_and_labels_are_those_of_the_table(folder: Path) -> None:
    examples = pd.read_parquet(folder / "examples").set_index(["session_id", "events"])
    for columns, labels in stream(folder, seed=3).dataset():
        rows = examples.loc[
            list(
                zip(
                    columns["session_id"].numpy().astype(str),
                    columns["events"].numpy().astype(int),
                    strict=True,
                )
            )
        ]
        assert labels.numpy().tolist() == rows["purchase"].tolist()
        assert columns["elapsed"].to_list() == [list(values) for values in rows["elapsed"]]
        items = [[item.decode() for item in items] for items in columns["item_id"].to_list()]
        assert items == [list(values) for values in rows["item_id"]]


def test_rows_are_shuffled_across_files_and_anew_each_epoch(folder: Path) -> None:
    shuffled = stream(folder, seed=0)
    both = keys(shuffled.dataset(epochs=2))
    first, second = both[: shuffled.rows], both[shuffled.rows :]
    assert sorted(first) == sorted(second)
    assert first != second
    days = pd.read_parquet(folder / "examples").set_index(["session_id", "events"])["day"].astype(str)
    of_first = [days[session.decode(), int(events)] for session, events in first[:64]]
    assert len(set(of_first)) > 10


def test_a_seed_fixes_the_order(folder: Path) -> None:
    assert keys(stream(folder, seed=5).dataset()) == keys(stream(folder, seed=5).dataset())
    assert keys(stream(folder, seed=5).dataset()) != keys(stream(folder, seed=6).dataset())


@pytest.mark.parametrize("shuffle_rows", [50, 65_536])
@pytest.mark.parametrize("done", [1, 5, 9, 12])
def test_a_run_goes_on_where_it_stopped(folder: Path, shuffle_rows: int, done: int) -> None:
    shuffled = stream(folder, seed=0, shuffle_rows=shuffle_rows)
    assert shuffled.batches == 9
    whole, rest = keys(shuffled.dataset(epochs=2)), keys(shuffled.dataset(epochs=2, first_batch=done))
    assert rest == whole[len(whole) - len(rest) :]
    assert len(list(shuffled.dataset(epochs=2, first_batch=done))) == 2 * shuffled.batches - done


def test_few_rows_are_in_memory_at_once(folder: Path) -> None:
    shuffled = stream(folder, seed=0, shuffle_rows=50)
    largest = max(piece.rows for piece in shuffled._pieces)
    pools = [sum(piece.rows for piece in pool) for pool in shuffled._pools(epoch=0)]
    assert len(pools) > 4
    assert max(pools) < 50 + largest


def test_only_the_last_batch_is_smaller(folder: Path) -> None:
    sizes = [len(labels) for _, labels in stream(folder, seed=0, shuffle_rows=50).dataset()]
    assert set(sizes[:-1]) == {64}
    assert sum(sizes) == stream(folder).rows


def test_weights_come_with_the_labels(tmp_path: Path) -> None:
    log = simulate(40, seed=1)
    out = prepare_examples(log, ExampleDefinition(negative_rate=0.5), out=tmp_path / "out").folder
    assert out is not None
    for _, labels, weights in stream(out, weight="weight").dataset():
        np.testing.assert_array_equal(weights, np.where(labels.numpy() == 1, 1.0, 2.0))


@pytest.mark.guard
def test_a_model_is_fitted_from_the_stream(folder: Path) -> None:
    shuffled = stream(folder, seed=0)
    elapsed = keras.Input((None,), name="elapsed")
    dataset = shuffled.dataset(epochs=None).map(lambda columns, labels: (padded(columns)["elapsed"], labels))
    pooled = keras.layers.GlobalMaxPooling1D()(keras.layers.Reshape((-1, 1))(keras.ops.nan_to_num(elapsed)))
    model = keras.Model(elapsed, keras.layers.Dense(1, activation="sigmoid")(pooled / 600.0))
    model.compile("adam", "binary_crossentropy")
    history = model.fit(dataset, epochs=2, steps_per_epoch=shuffled.batches, verbose=0).history["loss"]
    assert all(np.isfinite(history))
    assert all(later < earlier for earlier, later in pairwise(history))


def test_a_column_that_is_not_there_names_the_nearest(folder: Path) -> None:
    specification = FeatureSpecification((Column("item", "sequence", "string", "session"),), "purchase")
    with pytest.raises(InputError, match="no column 'item'"):
        ExampleStream(folder, specification)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no Parquet files"):
        stream(tmp_path)
