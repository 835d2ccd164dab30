"""Speaks TF Serving's gRPC API; needs the extra ``serving``."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.errors import InputError, require
from intent_tf.serving.serving_error import ServingError

_BUSY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)
_WRONG = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION)
_LARGEST = 256 << 20


def api(module: str) -> ModuleType:
    """Import a module of TF Serving's messages, such as ``"predict_pb2"``.

    Raises:
        MissingExtraError: If they are not installed.
    """
    return require(f"tensorflow_serving.apis.{module}", "serving")


class GrpcTransport:
    """One model over gRPC.

    Args:
        url: ``grpc://HOST:PORT/NAME``, with ``/versions/V`` behind it for one version.
        timeout: Seconds for an answer.
    """

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        self.url, self.timeout = url, timeout
        self._name, _, version = parts.path.strip("/").removeprefix("v1/models/").partition("/versions/")
        self._version = int(version) if version else None
        options = [("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)]
        self._channel = grpc.insecure_channel(parts.netloc, options)
        self._stub = api("prediction_service_pb2_grpc").PredictionServiceStub(self._channel)

    def signatures(self) -> dict[str, meta_graph_pb2.SignatureDef]:
        """Ask for the signatures of the model."""
        messages = api("get_model_metadata_pb2")
        request = messages.GetModelMetadataRequest(metadata_field=["signature_def"])
        self._name_model(request.model_spec)
        signatures = messages.SignatureDefMap()
        self._ask(self._stub.GetModelMetadata, request).metadata["signature_def"].Unpack(signatures)
        return dict(signatures.signature_def)

    def predict(self, columns: Mapping[str, Any], signature: str) -> dict[str, np.ndarray]:
        """Run a signature."""
        request = api("predict_pb2").PredictRequest()
        self._name_model(request.model_spec)
        request.model_spec.signature_name = signature
        for name, values in columns.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
        outputs = self._ask(self._stub.Predict, request).outputs
        return {name: tf.make_ndarray(proto) for name, proto in outputs.items()}

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _name_model(self, model_spec: Any) -> None:
        model_spec.name = self._name
        if self._version is not None:
            model_spec.version.value = self._version

    def _ask(self, call: Any, request: Any) -> Any:
        try:
            return call(request, timeout=self.timeout)
        except grpc.RpcError as error:
            code, message = error.code(), f"{error.code().name}: {error.details()}"
            if code in _BUSY:
                raise ConnectionError(message) from error
            if code == grpc.StatusCode.DEADLINE_EXCEEDED:
                raise ServingError(f"no answer within {self.timeout:g} s", file=self.url) from error
            kind = InputError if code in _WRONG else ServingError
            raise kind(f"the server answered {message}", file=self.url) from error
