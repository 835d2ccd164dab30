"""Speaks TF Serving's REST API."""

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from google.protobuf import json_format
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.errors import InputError
from intent_tf.serving.rest_json import to_columns
from intent_tf.serving.serving_error import ServingError

_BUSY = (429, 502, 503, 504)


class RestTransport:
    """One model over HTTP; every thread keeps a connection of its own.

    Args:
        url: ``http[s]://HOST[:PORT]/v1/models/NAME``, with ``/versions/V`` behind it for one version.
        timeout: Seconds for an answer.
    """

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        self.url, self.timeout = url, timeout
        self._secure, self._host = parts.scheme == "https", parts.netloc
        self._path = parts.path.rstrip("/").removesuffix(":predict")
        self._connections = threading.local()

    def signatures(self) -> dict[str, meta_graph_pb2.SignatureDef]:
        """Ask for the signatures of the model."""
        signatures = self._ask("GET", "/metadata")["metadata"]["signature_def"]["signature_def"]
        return {
            name: json_format.ParseDict(each, meta_graph_pb2.SignatureDef(), ignore_unknown_fields=True)
            for name, each in signatures.items()
        }

    def predict(self, columns: Mapping[str, Any], signature: str) -> dict[str, np.ndarray]:
        """Run a signature; a single output, which TF Serving sends without its name, is named ``""``."""
        body = json.dumps({"signature_name": signature, "inputs": to_columns(columns)})
        outputs = self._ask("POST", ":predict", body.encode())["outputs"]
        named = outputs if isinstance(outputs, dict) else {"": outputs}
        return {name: np.asarray(values) for name, values in named.items()}

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._connections, "open", None)
        if connection is not None:
            connection.close()

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        try:
            connection = self._connection()
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, self._path + path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except TimeoutError as error:
            self.close()
            raise ServingError(f"no answer within {self.timeout:g} s", file=self.url) from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
        if response.status in _BUSY:
            raise ConnectionError(f"status {response.status}: {_message(content)}")
        if response.status != 200:
            kind = InputError if response.status < 500 else ServingError
            raise kind(f"the server answered {response.status}: {_message(content)}", file=self.url)
        try:
            return json.loads(content)
        except ValueError as error:
            raise ServingError("the answer is no JSON: is this a model's URL?", file=self.url) from error

    def _connection(self) -> http.client.HTTPConnection:
        connection = getattr(self._connections, "open", None)
        if connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            connection = self._connections.open = kind(self._host, timeout=self.timeout)
        if connection.sock is None:
            connection.connect()
            assert connection.sock is not None
            # A request is written in two parts, and the second must not wait for the first to be confirmed.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return content[:200].decode(errors="replace")
