"""A checkpoint is written whole, or the previous one stays."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import pytest

from intent_tf.errors import InputError
from intent_tf.training.checkpoints import Checkpoints


def model(value: float, units: int = 1000) -> keras.Model:
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units, use_bias=False)])
    network.layers[0].kernel.assign(np.full((3, units), value))
    return network


@contextmanager
def full_disk(free: int) -> Iterator[None]:
    """Let no file grow beyond some bytes, as a full disk would not."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


def test_weights_and_state_come_back(tmp_path: Path) -> None:
    checkpoints, found = Checkpoints(tmp_path / "new"), model(0.0)
    assert checkpoints.state() is None
    checkpoints.write_weights(model(2.0), "a")
    checkpoints.write_state({"epoch": 3}, weights=["a"])
    checkpoints.load_weights(found, "a")
    assert checkpoints.state() == {"epoch": 3}
    assert (found.get_weights()[0] == 2.0).all()


def test_a_full_disk_is_told_and_leaves_the_previous_checkpoint(tmp_path: Path) -> None:
    checkpoints, found = Checkpoints(tmp_path), model(0.0)
    checkpoints.write_weights(model(2.0), "a")
    with (
        full_disk(4000),
        pytest.raises(InputError, match=r"cannot be written .*the previous one is as it was"),
    ):
        checkpoints.write_weights(model(5.0), "a")
    checkpoints.load_weights(found, "a")
    assert (found.get_weights()[0] == 2.0).all()
    assert [file.name for file in tmp_path.iterdir()] == ["a.weights.h5"]


def test_a_state_that_finds_no_room_leaves_the_previous_one(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write_state({"epoch": 3}, weights=[])
    with full_disk(10), pytest.raises(InputError, match="cannot be written"):
        checkpoints.write_state({"epoch": 4, "history": [0.5] * 100}, weights=[])
    assert checkpoints.state() == {"epoch": 3}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        InputError, match=r"file/folder: the checkpoint cannot be written \(.*Not a directory"
    ):
        Checkpoints(tmp_path / "file" / "folder").write_weights(model(1.0), "a")


def test_weights_that_the_state_does_not_name_are_removed(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for name in ("a", "b", "c"):
        checkpoints.write_weights(model(1.0, units=1), name)
    checkpoints.write_state({}, weights=["b", "c"])
    assert {file.name for file in tmp_path.iterdir()} == {"b.weights.h5", "c.weights.h5", "state.json"}


def test_a_process_that_does_not_write_leaves_no_file(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, writes=False)
    checkpoints.write_weights(model(1.0), "a")
    checkpoints.write_state({}, weights=[])
    assert not any(tmp_path.iterdir())


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.write_weights(model(1.0), "a")
    with pytest.raises(InputError, match="does not fit the model"):
        checkpoints.load_weights(model(1.0, units=7), "a")
