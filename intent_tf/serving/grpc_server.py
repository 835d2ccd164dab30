"""TF Serving's gRPC API of the stand-in; needs the extra ``serving``."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import numpy as np
import tensorflow as tf

from intent_tf.errors import InputError, require
from intent_tf.serving.model_server import ModelServer
from intent_tf.serving.model_versions import LoadedVersion

_THREADS = 16


class GrpcServer:
    """Answers on its own threads until it is closed: Predict, Classify, Regress, metadata and status.

    Args:
        server: The model.
        host: Address to listen on.
        port: Port; 0 for any free one.
        max_message: Bytes of a request at most.
    """

    def __init__(
        self, server: ModelServer, host: str = "127.0.0.1", port: int = 0, max_message: int = 16 << 20
    ) -> None:
        self._server = server
        self._messages = {name: _api(name) for name in _MESSAGES}
        options = [("grpc.max_receive_message_length", max_message), ("grpc.so_reuseport", 0)]
        self._grpc = grpc.server(ThreadPoolExecutor(_THREADS, "grpc"), options=options)
        services: dict[str, dict[str, tuple[Callable[..., Any], Any]]] = {
            "tensorflow.serving.PredictionService": {
                "Predict": (self._predict, self._messages["predict_pb2"].PredictRequest),
                "Classify": (self._classify, self._messages["classification_pb2"].ClassificationRequest),
                "Regress": (self._regress, self._messages["regression_pb2"].RegressionRequest),
                "GetModelMetadata": (
                    self._metadata,
                    self._messages["get_model_metadata_pb2"].GetModelMetadataRequest,
                ),
            },
            "tensorflow.serving.ModelService": {
                "GetModelStatus": (
                    self._status,
                    self._messages["get_model_status_pb2"].GetModelStatusRequest,
                ),
            },
        }
        for service, methods in services.items():
            handlers = {
                name: grpc.unary_unary_rpc_method_handler(
                    self._counted(answer), request.FromString, lambda response: response.SerializeToString()
                )
                for name, (answer, request) in methods.items()
            }
            self._grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
        try:
            self.port: int = self._grpc.add_insecure_port(f"{host}:{port}")
        except RuntimeError as error:
            raise InputError(f"cannot listen on {host}:{port} ({error})") from error
        self._grpc.start()

    def close(self) -> None:
        """Answer what runs, then stop."""
        self._grpc.stop(grace=10).wait()

    def _counted(self, answer: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
        def counted(request: Any, context: Any) -> Any:
            started, response = time.perf_counter(), None
            status, message = grpc.StatusCode.OK, ""
            try:
                response = answer(request)
            except InputError as error:
                status, message = grpc.StatusCode.INVALID_ARGUMENT, str(error)
            except LookupError as error:
                status, message = grpc.StatusCode.NOT_FOUND, error.args[0]
            self._server.monitoring.request("grpc", status.name, time.perf_counter() - started)
            if response is None:
                context.abort(status, message)
            return response

        return counted

    def _predict(self, request: Any) -> Any:
        spec = request.model_spec
        with self._server.use(spec.name, _version(spec)) as loaded:
            key, signature = self._server.signature(loaded, spec.signature_name)
            unknown = [name for name in request.inputs if name not in signature.inputs]
            absent = [name for name in signature.inputs if name not in request.inputs]
            if unknown or absent:
                what = f"unknown input {unknown[0]!r}" if unknown else f"the input {absent[0]!r} is missing"
                raise InputError(what, expected=", ".join(sorted(signature.inputs)))
            columns = {
                name: _array(request.inputs[name], name, info) for name, info in signature.inputs.items()
            }
            outputs = self._server.run(loaded, columns, key)
            response = self._messages["predict_pb2"].PredictResponse()
            _describe(response.model_spec, spec.name, loaded, key)
        wanted = list(request.output_filter) or list(outputs)
        for name in wanted:
            if name not in outputs:
                raise InputError(f"no output {name!r}", expected=", ".join(outputs))
            response.outputs[name].CopyFrom(tf.make_tensor_proto(outputs[name]))
        return response

    def _classify(self, request: Any) -> Any:
        response = self._messages["classification_pb2"].ClassificationResponse()
        outputs = self._examples(request, response, "classify")
        for classes, scores in zip(outputs["classes"], outputs["scores"], strict=True):
            answer = response.result.classifications.add()
            for label, score in zip(classes, scores, strict=True):
                answer.classes.add(label=label, score=score)
        return response

    def _regress(self, request: Any) -> Any:
        response = self._messages["regression_pb2"].RegressionResponse()
        for value in self._examples(request, response, "regress")["outputs"]:
            response.result.regressions.add(value=value)
        return response

    def _examples(self, request: Any, response: Any, method: str) -> dict[str, np.ndarray]:
        spec = request.model_spec
        with self._server.use(spec.name, _version(spec)) as loaded:
            key, signature = self._server.signature(loaded, spec.signature_name)
            if signature.method_name != f"tensorflow/serving/{method}":
                raise InputError(f"the signature {key!r} is for {signature.method_name}")
            examples = [each.SerializeToString() for each in request.input.example_list.examples]
            if not examples:
                raise InputError("the request has no examples")
            _describe(response.model_spec, spec.name, loaded, key)
            return self._server.run(loaded, {"inputs": np.array(examples, object)}, key)

    def _metadata(self, request: Any) -> Any:
        messages = self._messages["get_model_metadata_pb2"]
        if list(request.metadata_field) != ["signature_def"]:
            raise InputError("metadata_field is not 'signature_def'")
        with self._server.use(request.model_spec.name, _version(request.model_spec)) as loaded:
            signatures = messages.SignatureDefMap()
            for name, signature in loaded.model.signatures.items():
                signatures.signature_def[name].CopyFrom(signature)
            response = messages.GetModelMetadataResponse()
            _describe(response.model_spec, request.model_spec.name, loaded, "")
            response.metadata["signature_def"].Pack(signatures)
            return response

    def _status(self, request: Any) -> Any:
        messages = self._messages["get_model_status_pb2"]
        version = _version(request.model_spec)
        with self._server.use(request.model_spec.name, version):
            response = messages.GetModelStatusResponse()
            for each in self._server.states:
                if version in (None, each.number):
                    state = messages.ModelVersionStatus.State.Value(each.state)
                    status = response.model_version_status.add(version=each.number, state=state)
                    status.status.error_message = each.error
            return response


_MESSAGES = (
    "predict_pb2",
    "classification_pb2",
    "regression_pb2",
    "get_model_metadata_pb2",
    "get_model_status_pb2",
)


def _api(module: str) -> Any:
    return require(f"tensorflow_serving.apis.{module}", "serving")


def _version(model_spec: Any) -> int | None:
    return model_spec.version.value if model_spec.HasField("version") else None


def _describe(model_spec: Any, name: str, loaded: LoadedVersion, signature: str) -> None:
    model_spec.name, model_spec.signature_name = name, signature
    model_spec.version.value = loaded.number


def _array(proto: Any, name: str, info: Any) -> np.ndarray:
    if proto.dtype != info.dtype:
        given, expected = (tf.dtypes.as_dtype(each).name for each in (proto.dtype, info.dtype))
        raise InputError(f"input {name!r} is {given}", expected=expected)
    try:
        array = tf.make_ndarray(proto)
    except (ValueError, TypeError) as error:
        raise InputError(f"input {name!r} is no tensor ({error})") from error
    if array.ndim != len(info.tensor_shape.dim):
        raise InputError(
            f"input {name!r} has {array.ndim} dimensions", expected=str(len(info.tensor_shape.dim))
        )
    return array
