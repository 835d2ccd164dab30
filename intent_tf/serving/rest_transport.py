"""Speaks TF Serving's REST API."""

import base64
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from google.protobuf import json_format
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.serving.deadline import Deadline
from intent_tf.serving.rest_json import to_columns
from intent_tf.serving.serving_error import RequestTooLargeError, ServingError, masked

_BUSY, _TOO_LARGE = (429, 502, 503, 504), 413


class RestTransport:
    """One model over HTTP. Threads may share it: each request has a connection of its own, kept for others.

    Args:
        url: ``http[s]://[USER:PASSWORD@]HOST[:PORT]/v1/models/NAME``, with ``/versions/V`` or ``/labels/L``
            behind it for one version.

    Raises:
        ValueError: If the port is no number.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._url = masked(url)
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname or "", parts.port
        self._path = parts.path.rstrip("/").removesuffix(":predict")
        self._headers = {"Content-Type": "application/json"}
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
        self._idle: list[http.client.HTTPConnection] = []

    def signatures(self, deadline: Deadline) -> dict[str, meta_graph_pb2.SignatureDef]:
        """Ask for the signatures of the model."""
        answer = self._ask("GET", "/metadata", None, deadline)
        try:
            signatures = answer["metadata"]["signature_def"]["signature_def"]
            return {
                name: json_format.ParseDict(each, meta_graph_pb2.SignatureDef(), ignore_unknown_fields=True)
                for name, each in signatures.items()
            }
        except (KeyError, TypeError, AttributeError, json_format.ParseError) as error:
            raise ServingError("the answer holds no signatures", file=self._url) from error

    def predict(self, columns: Mapping[str, Any], signature: str, deadline: Deadline) -> dict[str, Any]:
        """Run a signature; a single output, which TF Serving sends without its name, is named ``""``."""
        body = json.dumps({"signature_name": signature, "inputs": to_columns(columns)})
        answer = self._ask("POST", ":predict", body.encode(), deadline)
        if not isinstance(answer, dict) or "outputs" not in answer:
            raise ServingError("the answer holds no outputs", file=self._url)
        outputs = answer["outputs"]
        return outputs if isinstance(outputs, dict) else {"": outputs}

    def close(self) -> None:
        """Close the connections."""
        while self._idle:
            self._idle.pop().close()

    def _ask(self, method: str, path: str, body: bytes | None, deadline: Deadline) -> Any:
        try:
            connection = self._idle.pop()
        except IndexError:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            connection = kind(self._host, self._port)
        try:
            with _cut_at(deadline, connection):
                connection.request(method, self._path + path, body, self._headers)
                response = connection.getresponse()
                status, content = response.status, response.read()
            deadline.left()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            deadline.left()
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
        self._idle.append(connection)
        if status in _BUSY:
            raise ConnectionError(f"status {status}: {_message(content)}")
        if status != 200:
            kind_of_error = RequestTooLargeError if status == _TOO_LARGE else ServingError
            raise kind_of_error(f"the server answered {status}: {_message(content)}", file=self._url)
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise ServingError("the answer is no JSON: is this a model's URL?", file=self._url) from error


@contextmanager
def _cut_at(deadline: Deadline, connection: http.client.HTTPConnection) -> Iterator[None]:
    """End a connection at the deadline: a server that drips would pass any limit of a single step."""
    connection.timeout = deadline.left()
    if not connection.sock:
        connection.connect()
    sock: socket.socket = connection.sock
    # A request is written in two parts, and the second must not wait for the first to be confirmed.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(deadline.left())

    def cut() -> None:
        with suppress(OSError):  # it may be closed already
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(deadline.left(), cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return content[:200].decode(errors="replace")
