"""TF Serving's logs of requests are read as rows, and evaluated without labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.columns.watched_columns import watched_frame, watched_kinds
from intent_tf.errors import InputError
from intent_tf.evaluation.monitoring import TrainingReference
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.runs.evaluate import evaluate_file
from intent_tf.serving.request_logs import read_request_log
from intent_tf.serving.sample_rows import sample_rows
from intent_tf.serving.served_model import ServedModel

pytestmark = pytest.mark.guard

logs = pytest.importorskip(
    "tensorflow_serving.apis.prediction_log_pb2", reason="tensorflow-serving-api is not installed"
)


@pytest.fixture
def log(exported, tmp_path: Path) -> Path:
    """The warm-up requests, which are of the same kind: each API with one row and with three."""
    content = (exported.folder / "assets.extra/tf_serving_warmup_requests").read_bytes()
    (tmp_path / "requests.tfrecord").write_bytes(content)
    return tmp_path / "requests.tfrecord"


def test_every_api_s_rows_are_read(exported, log: Path) -> None:
    served = ServedModel(exported.folder)
    rows = read_request_log(log, served.specification)
    assert rows.index.tolist() == list(range(1, 13))
    expected = served.predict(sample_rows(exported.model.preprocessor))
    probabilities = np.split(served.predict(rows), [1, 2, 3, 6, 9])
    for found in probabilities[:3]:
        np.testing.assert_allclose(found, expected[:1], rtol=0, atol=1e-6)
    for found in probabilities[3:]:
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_what_pads_a_list_is_not_read(events, tmp_path: Path) -> None:
    served = ServedModel(events.folder)
    record = logs.PredictionLog()
    inputs = record.predict_log.request.inputs
    for name, values in events.raw(slice(0, 2)).items():
        inputs[name].CopyFrom(tf.make_tensor_proto(values))
    inputs["session_length"].CopyFrom(tf.make_tensor_proto(np.array([1, 0], np.int32)))
    with tf.io.TFRecordWriter(str(tmp_path / "one.tfrecord")) as writer:
        writer.write(record.SerializeToString())
    rows = read_request_log(tmp_path / "one.tfrecord", served.specification)
    assert rows["event_type"].map(len).tolist() == [1, 0]


@pytest.mark.parametrize("content", [b"", b"no records at all"])
def test_what_is_no_log_is_refused(tiny, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tfrecord").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.tfrecord: (is no log of|holds no) request"):
        read_request_log(tmp_path / "x.tfrecord", ServedModel(tiny.folder).specification)


def test_evaluate_tells_the_drift_of_requests(
    events, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = tmp_path / "1"
    version.symlink_to(events.folder)
    specification, rows = ServedModel(version).specification, events.rows
    frame, kinds = watched_frame(rows, specification), watched_kinds(specification)
    ones = np.ones(len(rows))
    reference = TrainingReference.of(frame, ones, kinds, events.probabilities, ones)
    version.unlink()
    version.mkdir()
    for entry in events.folder.iterdir():
        (version / entry.name).symlink_to(entry)
    reference.write(version)
    out = tmp_path / "metrics.json"
    found = evaluate_file(version, EvaluateConfig(data=str(log), out=str(out)))
    assert len(found.drift) == len(kinds)
    assert "retrain" in capsys.readouterr().out.splitlines()[-2].lower()
    assert json.loads(out.read_text())["monitoring"]["probability"]["column"] == "probability"
