"""TF Serving's own messages read the warm-up requests."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from intent_tf.serving.served_model import ServedModel

logs = pytest.importorskip(
    "tensorflow_serving.apis.prediction_log_pb2", reason="tensorflow-serving-api is not installed"
)


@pytest.fixture(scope="module")
def requests(exported):
    file = exported.folder / "assets.extra/tf_serving_warmup_requests"
    return [logs.PredictionLog.FromString(record.numpy()) for record in tf.data.TFRecordDataset(str(file))]


def test_every_signature_is_warmed_up_with_one_row_and_with_many(requests) -> None:
    kinds = [each.WhichOneof("log_type") for each in requests]
    assert kinds == ["predict_log", "classify_log", "regress_log"] * 2
    rows = [len(each.classify_log.request.input.example_list.examples) for each in requests[1::3]]
    assert rows == [1, 3]


def test_the_requests_name_their_signatures(requests) -> None:
    assert [requests[i].ListFields()[0][1].request.model_spec.signature_name for i in range(3)] == [
        "serving_default",
        "serving_examples",
        "serving_examples_regress",
    ]


def test_the_requests_run(exported, requests) -> None:
    served = ServedModel(exported.folder)
    columns = {name: tf.make_ndarray(proto) for name, proto in requests[3].predict_log.request.inputs.items()}
    probabilities = served.run(columns)["intent_strength"]
    examples = requests[4].classify_log.request.input.example_list.examples
    scores = served.run({"inputs": [each.SerializeToString() for each in examples]}, "serving_examples")[
        "scores"
    ]
    assert probabilities.shape == (3,)
    np.testing.assert_allclose(scores[:, 1], probabilities, rtol=0, atol=1e-6)
