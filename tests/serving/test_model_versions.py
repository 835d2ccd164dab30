"""Versions are swapped while requests run, and a broken one changes nothing."""

from __future__ import annotations

import shutil
import threading
import time

import numpy as np
import pytest

from intent_tf.errors import InputError
from intent_tf.serving.model_versions import ModelVersions


@pytest.fixture
def base(tmp_path, tiny):
    shutil.copytree(tiny.folder, tmp_path / "shop" / "1")
    return tmp_path / "shop"


@pytest.fixture
def watched(base):
    versions = ModelVersions(base, poll=0.05)
    yield versions
    versions.close()


def wait_for(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def states(versions: ModelVersions) -> dict[int, str]:
    return {each.number: each.state for each in versions.states}


def test_a_new_version_takes_over_and_the_old_one_drains(base, watched, tiny) -> None:
    with watched.use() as old:
        shutil.copytree(tiny.folder, base / "copying")
        (base / "copying").rename(base / "2")
        wait_for(lambda: states(watched) == {1: "UNLOADING", 2: "AVAILABLE"})
        assert watched.current == 2
        probabilities = old.run(tiny.raw(slice(3)), "serving_default")["intent_strength"]
        np.testing.assert_allclose(probabilities, tiny.probabilities[:3], rtol=0, atol=1e-6)
    wait_for(lambda: states(watched) == {1: "END", 2: "AVAILABLE"})


def test_going_back_to_an_older_version_works(base, watched, tiny) -> None:
    shutil.copytree(tiny.folder, base / "copying")
    (base / "copying").rename(base / "2")
    wait_for(lambda: states(watched) == {1: "END", 2: "AVAILABLE"})
    shutil.rmtree(base / "2")
    wait_for(lambda: states(watched) == {1: "AVAILABLE", 2: "END"})


def test_a_broken_version_leaves_the_old_one_in_place(base, watched) -> None:
    (base / "2").mkdir()
    (base / "2" / "saved_model.pb").write_bytes(b"no model")
    wait_for(lambda: states(watched).get(2) == "END")
    assert watched.current == 1
    assert "cannot be loaded" in watched.states[0].error


def test_no_request_fails_while_versions_change(base, watched, tiny) -> None:
    columns, errors, answered, stop = tiny.raw(slice(1)), [], [], threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                with watched.use() as version:
                    version.run(columns, "serving_default")
                    answered.append(version.number)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for each in threads:
        each.start()
    shutil.copytree(tiny.folder, base / "copying")
    (base / "copying").rename(base / "2")
    wait_for(lambda: states(watched) == {1: "END", 2: "AVAILABLE"})
    count = len(answered)
    wait_for(lambda: len(answered) > count + 10)
    stop.set()
    for each in threads:
        each.join()
    assert errors == []
    assert set(answered) == {1, 2}


def test_a_version_folder_alone_will_do(tiny) -> None:
    versions = ModelVersions(tiny.folder)
    assert versions.current == 1
    versions.close()


def test_another_version_is_not_there(watched) -> None:
    with pytest.raises(LookupError, match="version 3"), watched.use(3):
        pass


def test_a_folder_without_versions_is_an_input_error(tmp_path) -> None:
    with pytest.raises(InputError, match="holds no version"):
        ModelVersions(tmp_path)
