"""Versions are swapped while requests run, and a broken one changes nothing."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
import time

import numpy as np
import pytest
import tensorflow as tf
from test_model_facts import written

from intent_tf.errors import InputError
from intent_tf.serving import Client
from intent_tf.serving.manifest import FILE, write_manifest
from intent_tf.serving.model_versions import ModelVersions


@pytest.fixture
def base(tmp_path, tiny):
    shutil.copytree(tiny.folder, tmp_path / "shop" / "1")
    return tmp_path / "shop"


def write_version(base, tiny, number: int) -> None:
    shutil.copytree(tiny.folder, base / "copying")
    (base / "copying").rename(base / str(number))


def test_a_new_version_takes_over_when_it_is_looked_for(base, tiny) -> None:
    versions = ModelVersions(base)
    before = versions.current
    write_version(base, tiny, 2)
    versions.refresh()
    assert (before.number, versions.current.number) == (1, 2)


def test_the_version_before_answers_who_holds_it(base, tiny) -> None:
    versions = ModelVersions(base)
    before = versions.current
    write_version(base, tiny, 2)
    versions.refresh()
    probabilities = before.model.run(tiny.raw(slice(3)))["intent_strength"]
    np.testing.assert_allclose(probabilities, tiny.probabilities[:3], rtol=0, atol=1e-6)


def test_the_same_version_is_not_loaded_again(base) -> None:
    versions = ModelVersions(base)
    before = versions.current
    versions.refresh()
    assert versions.current is before


def test_going_back_to_an_older_version_works(base, tiny) -> None:
    write_version(base, tiny, 2)
    versions = ModelVersions(base)
    shutil.rmtree(base / "2")
    versions.refresh()
    assert versions.current.number == 1


def break_model(folder) -> None:
    (folder / "saved_model.pb").write_bytes(b"no model")


def break_golden_request(folder) -> None:
    (folder / "assets.extra/golden_request_columnar.json").write_text('{"inputs": {}}')


@pytest.mark.parametrize(
    ("break_version", "error"),
    [(break_model, "cannot be loaded"), (break_golden_request, "is missing")],
)
def test_a_broken_version_leaves_the_old_one_in_place(base, tiny, break_version, error) -> None:
    versions = ModelVersions(base)
    write_version(base, tiny, 2)
    break_version(base / "2")
    versions.refresh()
    assert versions.current.number == 1
    assert error in versions.failed[2]


def test_a_version_that_was_mended_takes_over(base, tiny) -> None:
    versions = ModelVersions(base)
    (base / "2").mkdir()
    versions.refresh()
    shutil.rmtree(base / "2")
    versions.refresh()
    write_version(base, tiny, 2)
    versions.refresh()
    assert versions.current.number == 2


def test_a_version_that_is_copied_in_place_takes_over_when_it_is_whole(base, tiny) -> None:
    versions, whole = ModelVersions(base), base.parent / "whole"
    shutil.copytree(tiny.folder, whole)
    write_manifest(whole)
    files = sorted(path for path in whole.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name == FILE, reverse=True)  # from now on the manifest decides
    for file in files:
        assert versions.current.number == 1
        copied = base / "2" / file.relative_to(whole)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(file.read_bytes()[:1])
        versions.refresh()
        assert versions.current.number == 1
        shutil.copy(file, copied)
        versions.refresh()
    assert versions.current.number == 2
    assert versions.failed == {}


def test_a_version_whose_file_was_changed_is_refused_by_name(base) -> None:
    write_manifest(base / "1")
    (base / "1/signature.md").write_text("something else")
    with pytest.raises(InputError, match=r"is not whole: signature.md is another file"):
        ModelVersions(base)


def test_a_version_that_is_replaced_under_its_number_takes_over(base, tiny) -> None:
    versions = ModelVersions(base)
    before = versions.current
    shutil.rmtree(base / "1")
    write_version(base, tiny, 1)
    (base / "1/new").touch()
    versions.refresh()
    assert versions.current is not before


def test_a_number_with_zeros_before_it_is_a_version(base) -> None:
    (base / "1").rename(base / "00000123")
    assert ModelVersions(base).current.number == 123


@pytest.fixture
def writing(tmp_path):
    """A folder of versions of a stranger, whose SavedModel writes a file when it is loaded; and that file."""
    file = tmp_path / "written"

    class Writes(tf.saved_model.experimental.TrackableResource):
        def _create_resource(self):
            return tf.constant(0)

        def _initialize(self):
            tf.io.write_file(str(file), "by a stranger")

    module = tf.Module()
    module.resource = Writes()
    module.serve = tf.function(lambda x: {"y": x}, input_signature=[tf.TensorSpec((None,), tf.float32, "x")])
    tf.saved_model.save(module, str(tmp_path / "strange/1"), signatures=module.serve)
    file.unlink(missing_ok=True)
    return tmp_path / "strange", file


def test_a_graph_that_writes_files_is_refused_unless_trusted(writing) -> None:
    base, file = writing
    with pytest.raises(InputError, match=r"foreign SavedModel \(WriteFile\).*--trust"):
        ModelVersions(base)
    assert not file.exists()
    assert ModelVersions(base, trust=True).current.number == 1
    assert file.exists()


def test_a_function_that_saves_tensors_where_it_likes_is_no_saver(tmp_path) -> None:
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.float32, "x")])
    def serve(x):
        tf.raw_ops.SaveV2(prefix="/tmp/x", tensor_names=["x"], shape_and_slices=[""], tensors=[x])
        return {"y": x}

    module = tf.Module()
    module.serve = serve
    tf.saved_model.save(module, str(tmp_path / "1"), signatures=serve)
    with pytest.raises(InputError, match=r"foreign SavedModel \(SaveV2\)"):
        ModelVersions(tmp_path)


def test_a_folder_that_is_gone_leaves_the_version_in_place(base) -> None:
    versions = ModelVersions(base)
    shutil.rmtree(base)
    versions.refresh()
    assert versions.current.number == 1


def test_a_version_folder_alone_will_do(tiny) -> None:
    assert ModelVersions(tiny.folder).current.number == 1


def test_the_model_is_named_after_the_folder_of_versions(base) -> None:
    assert ModelVersions(base).name == ModelVersions(base / "1").name == "shop"


def test_a_folder_without_versions_is_an_input_error(tmp_path) -> None:
    with pytest.raises(InputError, match="holds no version"):
        ModelVersions(tmp_path)


def test_a_foreign_encoder_is_refused_unless_trusted(base) -> None:
    written(base / "1" / "model.keras", encoder={"registered_name": "intent_tf>HubSavedModel"})
    with pytest.raises(InputError, match=r"foreign SavedModel.*--trust"):
        ModelVersions(base)
    assert ModelVersions(base, trust=True).current.number == 1


@pytest.fixture
def port(base):
    """The port of the stand-in, which looks for versions by itself."""
    pytest.importorskip("uvicorn", reason="the extra serving is not installed")
    from rest_thread import running

    from intent_tf.serving.rest_app import rest_app

    with running(rest_app(ModelVersions(base), poll=0.05)) as port:
        yield port


def states(port: int) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/v1/models/shop")
    status = json.loads(connection.getresponse().read())["model_version_status"]
    connection.close()
    return {each["version"]: each["state"] for each in status}


def wait_for(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_broken_version_has_its_state(base, port) -> None:
    (base / "2").mkdir()
    wait_for(lambda: states(port) == {"2": "END", "1": "AVAILABLE"})


def test_no_request_fails_while_versions_change(base, port, tiny) -> None:
    errors, answered, stop = [], [], threading.Event()

    def ask() -> None:
        client = Client(f"http://127.0.0.1:{port}/v1/models/shop", retries=0)
        while not stop.is_set():
            try:
                answered.append(client.predict(tiny.rows.head(3)))
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for each in threads:
        each.start()
    write_version(base, tiny, 2)
    wait_for(lambda: states(port) == {"2": "AVAILABLE"})
    count = len(answered)
    wait_for(lambda: len(answered) > count + 10)
    stop.set()
    for each in threads:
        each.join()
    assert errors == []
    for probabilities in answered:
        np.testing.assert_allclose(probabilities, tiny.probabilities[:3], rtol=0, atol=1e-6)
