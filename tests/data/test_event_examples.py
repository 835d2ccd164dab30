"""The examples of a log, or of a folder that was prepared before, are one source for training."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from intent_tf.data.event_examples import event_examples
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.errors import InputError
from intent_tf.simulator.simulator import simulate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("prepared") / "out"
    prepare_examples(simulate(60, seed=1), ExampleDefinition(negative_rate=0.5), out=out)
    return out


def test_a_prepared_folder_gives_the_examples_that_it_holds(folder: Path) -> None:
    source = event_examples(folder)
    pd.testing.assert_frame_equal(source.frame, Prepared.read(folder).examples)
    assert source.counts["examples"] == len(source.frame)


def test_kept_negatives_weigh_more_in_training(folder: Path) -> None:
    source = event_examples(str(folder))
    assert source.weight == "weight"
    assert set(source.frame["weight"]) == {1.0, 2.0}


def test_a_log_gives_the_examples_that_prepare_makes_of_it() -> None:
    log = simulate(30, seed=2)
    source = event_examples(log)
    assert (source.label, source.weight, source.plan.group) == ("purchase", None, "user_id")
    pd.testing.assert_frame_equal(source.frame, prepare_examples(log).examples)


def test_a_broken_manifest_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"manifest\.json.*no manifest of examples"):
        event_examples(tmp_path)


def test_of_a_folder_with_more_examples_whole_users_are_sampled(folder: Path) -> None:
    everything = event_examples(folder).frame
    source = event_examples(folder, memory_rows=len(everything) // 2, seed=1)
    assert source.stream == folder / "examples"
    assert 0.2 * len(everything) < len(source.frame) < 0.8 * len(everything)
    of_the_same = everything[everything["user_id"].isin(source.frame["user_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(source.frame, of_the_same)


def test_of_a_folder_with_fewer_examples_nothing_is_streamed(folder: Path) -> None:
    source = event_examples(folder, memory_rows=10**6)
    assert source.stream is None
    assert len(source.frame) == source.counts["examples"]
