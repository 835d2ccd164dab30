"""TF Serving's own gRPC stubs talk to the stand-in."""

from __future__ import annotations

import grpc
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.serving import Client, ServingError
from intent_tf.serving.grpc_server import GrpcServer
from intent_tf.serving.tf_examples import serialise_examples


def api(name: str):
    return pytest.importorskip(
        f"tensorflow_serving.apis.{name}", reason="tensorflow-serving-api is not installed"
    )


classification_pb2, predict_pb2, regression_pb2 = map(
    api, ("classification_pb2", "predict_pb2", "regression_pb2")
)
get_model_status_pb2, model_service_pb2_grpc = map(api, ("get_model_status_pb2", "model_service_pb2_grpc"))
prediction_service_pb2_grpc = api("prediction_service_pb2_grpc")


@pytest.fixture(scope="module")
def remote(server):
    grpc_server = GrpcServer(server)
    yield grpc_server
    grpc_server.close()


@pytest.fixture(scope="module")
def channel(remote):
    with grpc.insecure_channel(f"127.0.0.1:{remote.port}") as channel:
        yield channel


@pytest.fixture(scope="module")
def stub(channel):
    return prediction_service_pb2_grpc.PredictionServiceStub(channel)


def request_of(columns, name: str = "shop") -> predict_pb2.PredictRequest:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = name
    for key, values in columns.items():
        request.inputs[key].CopyFrom(tf.make_tensor_proto(values))
    return request


def refused(stub, request) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as caught:
        stub.Predict(request)
    return caught.value.code(), caught.value.details()


def test_predict_gives_keras_strengths(events, stub) -> None:
    response = stub.Predict(request_of(events.raw(slice(20))))
    probabilities = tf.make_ndarray(response.outputs["intent_strength"])
    np.testing.assert_allclose(probabilities, events.probabilities[:20], rtol=0, atol=1e-6)
    assert response.model_spec.version.value == 1


def test_an_output_may_be_chosen(events, stub) -> None:
    request = request_of(events.raw(slice(1)))
    request.output_filter.append("intent_strength_spread")
    assert list(stub.Predict(request).outputs) == ["intent_strength_spread"]


def test_classify_gives_scores_of_both_classes(events, stub) -> None:
    request = classification_pb2.ClassificationRequest()
    request.model_spec.name, request.model_spec.signature_name = "shop", "serving_examples"
    for each in serialise_examples(events.raw(slice(3))):
        request.input.example_list.examples.add().ParseFromString(each)
    answers = stub.Classify(request).result.classifications
    assert [each.label for each in answers[0].classes] == ["no purchase", "purchase"]
    scores = [each.classes[1].score for each in answers]
    np.testing.assert_allclose(scores, events.probabilities[:3], rtol=0, atol=1e-6)


def test_regress_gives_strengths(events, stub) -> None:
    request = regression_pb2.RegressionRequest()
    request.model_spec.name, request.model_spec.signature_name = "shop", "serving_examples_regress"
    for each in serialise_examples(events.raw(slice(3))):
        request.input.example_list.examples.add().ParseFromString(each)
    values = [each.value for each in stub.Regress(request).result.regressions]
    np.testing.assert_allclose(values, events.probabilities[:3], rtol=0, atol=1e-6)


def test_the_status_is_available(channel) -> None:
    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = "shop"
    (status,) = model_service_pb2_grpc.ModelServiceStub(channel).GetModelStatus(request).model_version_status
    assert (status.version, get_model_status_pb2.ModelVersionStatus.State.Name(status.state)) == (
        1,
        "AVAILABLE",
    )


def test_another_model_is_not_found(events, stub) -> None:
    code, message = refused(stub, request_of(events.raw(slice(1)), "other"))
    assert code == grpc.StatusCode.NOT_FOUND
    assert "'other'" in message


def test_a_missing_input_is_named(events, stub) -> None:
    columns = events.raw(slice(1))
    del columns["price"]
    assert refused(stub, request_of(columns)) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        f"the input 'price' is missing; expected {', '.join(sorted(events.raw(slice(1))))}",
    )


def test_an_unknown_input_is_named(events, stub) -> None:
    code, message = refused(stub, request_of(events.raw(slice(1)) | {"colour": np.ones(1, np.float32)}))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "unknown input 'colour'" in message


def test_a_wrong_type_is_named(events, stub) -> None:
    columns = events.raw(slice(1)) | {"price": np.ones((1, 1), np.int64)}
    code, message = refused(stub, request_of(columns))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert message == "input 'price' is int64; expected float32"


def test_a_wrong_rank_is_named(events, stub) -> None:
    columns = events.raw(slice(1)) | {"price": np.ones(1, np.float32)}
    assert refused(stub, request_of(columns))[1] == "input 'price' has 1 dimensions; expected 2"


def test_the_client_speaks_grpc(events, remote) -> None:
    with Client(f"grpc://127.0.0.1:{remote.port}/shop") as client:
        np.testing.assert_allclose(client.predict(events.rows), events.probabilities, rtol=0, atol=1e-6)


def test_the_client_passes_on_what_the_server_says(remote) -> None:
    with pytest.raises(InputError, match=r"NOT_FOUND.*no model 'other'"):
        _ = Client(f"grpc://127.0.0.1:{remote.port}/other").specification


def test_a_server_that_is_away_is_named_after_all_attempts() -> None:
    with pytest.raises(ServingError, match="no answer after 1 attempts"):
        _ = Client("grpc://127.0.0.1:9/shop", retries=0).specification
