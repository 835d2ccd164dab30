"""Rows that do not fit into memory train a model as rows in memory do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.augmentation import Augmentation
from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.columns.streamed_rows import StreamedRows, stream_training_rows
from intent_tf.data.event_examples import event_examples
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.examples import EXAMPLES, prepare_examples
from intent_tf.data.shard import Shard
from intent_tf.data.splitting import SplitPlan
from intent_tf.errors import InputError
from intent_tf.simulator.simulator import simulate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("prepared") / "out"
    prepare_examples(simulate(900, seed=1), ExampleDefinition(negative_rate=0.5), out=out)
    return out


@pytest.fixture(scope="module")
def source(folder: Path) -> ExampleSource:
    return event_examples(folder, memory_rows=1000)


def prepared(source: ExampleSource, **options: object) -> PreparedData:
    return preprocess_data(
        source.frame,
        source.label,
        excluded=source.excluded,
        plan=source.plan,
        weight=source.weight,
        **options,
    )


@pytest.fixture(scope="module")
def data(source: ExampleSource) -> PreparedData:
    assert source.stream is not None
    return stream_training_rows(prepared(source), source.stream, source.weight)


def all_examples(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / EXAMPLES)


@pytest.mark.guard
def test_no_user_of_validation_or_test_rows_is_streamed(data: PreparedData, folder: Path) -> None:
    assert isinstance(data.train, StreamedRows)
    held_out = {user for part in (data.validation, data.test) for user in part.frame["user_id"]}
    examples = all_examples(folder)
    assert data.train.stream.without == {"user_id": held_out}
    assert data.train.number_of_rows == (~examples["user_id"].isin(held_out)).sum()


@pytest.mark.guard
def test_an_epoch_holds_every_other_row_once(data: PreparedData, folder: Path) -> None:
    batches = list(data.train.shuffled_batches(256, seed=0).take(-(-data.train.number_of_rows // 256)))
    examples = all_examples(folder)
    train = examples[~examples["user_id"].isin(data.train.stream.without["user_id"])]
    assert sum(len(label) for _, label, _ in batches) == len(train)
    assert sum(label.numpy().sum() for _, label, _ in batches) == train["purchase"].sum()
    assert sum(weight.numpy().sum() for _, _, weight in batches) == train["weight"].sum()


@pytest.mark.guard
def test_streamed_features_are_those_of_rows_in_memory(data: PreparedData) -> None:
    rows = data.train
    stream = replace(rows.stream, without={"user_id": set(all_users(rows)) - {rows.frame["user_id"].iloc[0]}})
    streamed = replace(rows, stream=stream)
    features, label, _ = next(iter(streamed.shuffled_batches(1000, seed=0)))
    indices = np.flatnonzero(rows.frame["user_id"] == rows.frame["user_id"].iloc[0])
    expected, expected_label, _ = next(iter(rows.take(indices).batches(1000)))
    assert sorted(label.numpy()) == sorted(expected_label.numpy())
    for name, expected_part in expected.items():
        found, wanted = (np.sort(each.numpy(), axis=0) for each in (features[name], expected_part))
        np.testing.assert_array_equal(found, wanted)


def all_users(rows: StreamedRows) -> list[str]:
    return list(pd.read_parquet(rows.stream.folder, columns=["user_id"])["user_id"])


@pytest.mark.guard
def test_epochs_go_on_where_they_stopped(data: PreparedData) -> None:
    steps = -(-data.train.number_of_rows // 256)
    whole = [label.numpy().tolist() for _, label, _ in data.train.shuffled_batches(256, 3).take(2 * steps)]
    rest = data.train.shuffled_batches(256, 3, first_epoch=1, first_batch=1).take(steps - 1)
    assert [label.numpy().tolist() for _, label, _ in rest] == whole[steps + 1 :]


@pytest.mark.guard
def test_replicas_share_each_streamed_batch(data: PreparedData) -> None:
    whole = next(iter(data.train.shuffled_batches(10, 3)))
    parts = [next(iter(data.train.shuffled_batches(10, 3, shard=Shard(each, 1, 2)))) for each in range(2)]
    for replica, (features, label, _) in enumerate(parts):
        np.testing.assert_array_equal(label, whole[1][replica::2])
        np.testing.assert_array_equal(features["numbers"], whole[0]["numbers"][replica::2])


@pytest.mark.guard
def test_streamed_rows_are_augmented_in_ways_that_the_seed_decides(data: PreparedData) -> None:
    augmentation = Augmentation(token_dropout=0.5)
    once, again, plain = (
        next(iter(data.train.shuffled_batches(64, 3, augmentation=each)))[0]["session"].numpy()
        for each in (augmentation, augmentation, None)
    )
    np.testing.assert_array_equal(once, again)
    assert (once != 0).sum() < (plain != 0).sum()


@pytest.mark.guard
def test_a_split_by_time_is_refused(source: ExampleSource, folder: Path) -> None:
    by_time = replace(source, plan=SplitPlan(time="prediction_time"))
    with pytest.raises(InputError, match="--memory-rows"):
        stream_training_rows(prepared(by_time), folder / EXAMPLES)
