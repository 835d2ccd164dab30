"""Speaks TF Serving's gRPC API; needs the extra ``serving``."""

import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.errors import require
from intent_tf.serving.deadline import Deadline
from intent_tf.serving.serving_error import RequestTooLargeError, ServingError, masked

#: Bytes of a request: what gRPC takes wherever nobody set another limit; and of an answer.
_LARGEST_REQUEST, _LARGEST_ANSWER = 4 << 20, 64 << 20
_MODEL = re.compile(
    r"/(?:v1/models/)?(?P<name>[^/]+)(/versions/(?P<version>\d+)|/labels/(?P<label>[^/]+))?/?"
)


def api(module: str) -> ModuleType:
    """Import a module of TF Serving's messages, such as ``"predict_pb2"``.

    Raises:
        MissingExtraError: If they are not installed.
    """
    return require(f"tensorflow_serving.apis.{module}", "serving")


class GrpcTransport:
    """One model over gRPC.

    Args:
        url: ``grpc://HOST:PORT/NAME``, with ``/versions/V`` or ``/labels/L`` behind it for one version.

    Raises:
        ValueError: If it is no such URL, such as one with a user, whom gRPC does not know.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        model = _MODEL.fullmatch(parts.path)
        if model is None or parts.username is not None:
            raise ValueError
        self._url, self._model = masked(url), model
        options = [("grpc.max_receive_message_length", _LARGEST_ANSWER)]
        self._channel = grpc.insecure_channel(parts.netloc, options)
        self._stub = api("prediction_service_pb2_grpc").PredictionServiceStub(self._channel)

    def signatures(self, deadline: Deadline) -> dict[str, meta_graph_pb2.SignatureDef]:
        """Ask for the signatures of the model."""
        messages = api("get_model_metadata_pb2")
        request = messages.GetModelMetadataRequest(metadata_field=["signature_def"])
        signatures = messages.SignatureDefMap()
        answer = self._ask(self._stub.GetModelMetadata, request, deadline)
        answer.metadata["signature_def"].Unpack(signatures)
        return dict(signatures.signature_def)

    def predict(
        self, columns: Mapping[str, Any], signature: str, deadline: Deadline
    ) -> dict[str, np.ndarray]:
        """Run a signature."""
        request = api("predict_pb2").PredictRequest()
        request.model_spec.signature_name = signature
        for name, values in columns.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
        outputs = self._ask(self._stub.Predict, request, deadline).outputs
        try:
            return {name: tf.make_ndarray(proto) for name, proto in outputs.items()}
        except (ValueError, TypeError) as error:
            raise ServingError(f"the answer holds no outputs ({error})", file=self._url) from error

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _ask(self, call: Any, request: Any, deadline: Deadline) -> Any:
        spec = request.model_spec
        spec.name, spec.version_label = self._model["name"], self._model["label"] or ""
        if self._model["version"]:
            spec.version.value = int(self._model["version"])
        if (size := request.ByteSize()) > _LARGEST_REQUEST:
            raise RequestTooLargeError(
                f"a request of {size:,} bytes", expected=f"{_LARGEST_REQUEST:,} at most", file=self._url
            )
        try:
            return call(request, timeout=deadline.left())
        except grpc.RpcError as error:
            code, message = error.code(), f"{error.code().name}: {error.details()}"
            if code == grpc.StatusCode.UNAVAILABLE:
                raise ConnectionError(message) from error
            if code == grpc.StatusCode.DEADLINE_EXCEEDED:
                raise TimeoutError from error
            raise ServingError(f"the server answered {message}", file=self._url) from error
