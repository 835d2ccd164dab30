"""Answers TF Serving's gRPC API with a SavedModel, for tests of the client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import tensorflow as tf

from intent_tf.serving.grpc_transport import api
from intent_tf.serving.served_model import ServedModel


class _Double(api("prediction_service_pb2_grpc").PredictionServiceServicer):
    """Predict and GetModelMetadata of one model, ``shop``, version 1."""

    def __init__(self, model: ServedModel) -> None:
        self.model = model

    def Predict(self, request: Any, context: Any) -> Any:
        self._check(request.model_spec, context)
        inputs = {name: tf.make_ndarray(proto) for name, proto in request.inputs.items()}
        response = api("predict_pb2").PredictResponse()
        for name, values in self.model.run(inputs, request.model_spec.signature_name).items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(values))
        return response

    def GetModelMetadata(self, request: Any, context: Any) -> Any:
        self._check(request.model_spec, context)
        messages = api("get_model_metadata_pb2")
        signatures = messages.SignatureDefMap(signature_def=self.model.signatures)
        response = messages.GetModelMetadataResponse()
        response.metadata["signature_def"].Pack(signatures)
        return response

    def _check(self, spec: Any, context: Any) -> None:
        if spec.name == "busy":
            context.abort(grpc.StatusCode.UNAVAILABLE, "not now")
        if spec.name == "large":
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too large")
        if spec.name == "slow":
            time.sleep(1)
        if spec.version_label:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no label {spec.version_label!r}")
        if spec.name != "shop" or spec.version.value not in (0, 1):
            context.abort(grpc.StatusCode.NOT_FOUND, f"no model {spec.name!r}")


@contextmanager
def grpc_double(model: ServedModel) -> Iterator[str]:
    """Serve within the block.

    Yields:
        ``grpc://HOST:PORT``.
    """
    server = grpc.server(ThreadPoolExecutor(2))
    api("prediction_service_pb2_grpc").add_PredictionServiceServicer_to_server(_Double(model), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"grpc://127.0.0.1:{port}"
    finally:
        server.stop(grace=None).wait()
