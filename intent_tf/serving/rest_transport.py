"""Speaks TF Serving's REST API."""

import base64
import http.client
import io
import json
import socket
from collections.abc import Mapping
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
        self._idle: list[_Connection] = []

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
            connection = _Connection(self._host, self._port, self._secure)
        try:
            status, content = connection.ask(method, self._path + path, body, self._headers, deadline)
        except TimeoutError:
            connection.close()
            raise
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
        self._idle.append(connection)
        if status in _BUSY:
            raise ConnectionError(f"status {status}: {_message(content)}")
        if status != 200:
            kind = RequestTooLargeError if status == _TOO_LARGE else ServingError
            raise kind(f"the server answered {status}: {_message(content)}", file=self._url)
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise ServingError("the answer is no JSON: is this a model's URL?", file=self._url) from error


class _Connection:
    """A connection whose steps all end by one deadline: a server that drips passes any limit of one step."""

    def __init__(self, host: str, port: int | None, secure: bool) -> None:
        kind: Any = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._http = kind(host, port)
        self._http.response_class = self._response
        self._deadline = Deadline(0)

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], deadline: Deadline
    ) -> tuple[int, bytes]:
        """Ask, and read the answer's status and content."""
        self._deadline, self._http.timeout = deadline, deadline.left()
        if not self._http.sock:
            self._http.connect()
            # A request is written in two parts, and the second must not wait for the first to be confirmed.
            self._http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._http.sock.settimeout(deadline.left())
        self._http.request(method, path, body, headers)
        response = self._http.getresponse()
        return response.status, response.read()

    def close(self) -> None:
        """Close it; it opens again when it is asked."""
        self._http.close()

    def _response(self, sock: socket.socket, **options: Any) -> http.client.HTTPResponse:
        answer: Any = _Answer(sock, self._deadline)
        return http.client.HTTPResponse(answer, **options)


class _Answer(io.RawIOBase):
    """What a server sends, as the file that `http.client` makes of a socket."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = sock, deadline
        self._bytes = sock.makefile("rb", buffering=0)

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._deadline.left())
        return self._bytes.readinto(buffer)

    def close(self) -> None:
        self._bytes.close()
        super().close()


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return content[:200].decode(errors="replace")
