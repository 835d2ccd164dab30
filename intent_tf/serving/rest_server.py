"""TF Serving's REST API of the stand-in."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from google.protobuf import json_format

from intent_tf.errors import InputError
from intent_tf.serving.model_server import ModelServer
from intent_tf.serving.rest_json import to_answer, to_tensors

_PATH = re.compile(
    r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>\d{1,18}))?(?P<what>/metadata|:predict)?"
)
_METRICS = ("/monitoring/prometheus/metrics", "/metrics")
_IDLE_SECONDS = 60
_LINGER_SECONDS = 2

Page = Callable[[bytes], tuple[str, bytes]]
"""Takes a body and returns the type and the content of the answer."""


class HttpError(Exception):
    """A status other than 200, and what to say."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class RestServer:
    """Answers on its own threads until it is closed.

    Args:
        server: The model.
        host: Address to listen on.
        port: Port; 0 for any free one.
        max_body: Bytes of a request's body at most.
        pages: Further pages, by method and path.
    """

    def __init__(
        self,
        server: ModelServer,
        host: str = "127.0.0.1",
        port: int = 0,
        max_body: int = 16 << 20,
        pages: Mapping[tuple[str, str], Page] | None = None,
    ) -> None:
        self.server, self.max_body, self.pages = server, max_body, pages or {}
        handler = type("_BoundHandler", (_Handler,), {"rest": self})
        try:
            self._http = _Server((host, port), handler)
        except OSError as error:
            raise InputError(f"cannot listen on {host}:{port} ({error.strerror})") from error
        self.port: int = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.05,), name="rest", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Take no further connections."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, body: bytes) -> tuple[str, bytes]:
        """Answer a request with the type and the content of the answer.

        Raises:
            HttpError: If it is not in order.
        """
        if (method, path) in self.pages:
            return self.pages[method, path](body)
        if method == "GET" and path in _METRICS:
            return "text/plain; version=0.0.4", self.server.monitoring.page(self.server.current).encode()
        match = _PATH.fullmatch(path)
        if match is None:
            raise HttpError(404, f"nothing is at {path}; a model is at /v1/models/{self.server.name}")
        if method != ("POST" if match["what"] == ":predict" else "GET"):
            raise HttpError(405, f"{method} is not allowed at {path}")
        version = None if match["version"] is None else int(match["version"])
        content = self._answer_for(match["name"], version, match["what"], body)
        return "application/json", json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")

    def _answer_for(self, name: str, version: int | None, what: str | None, body: bytes) -> dict[str, Any]:
        with self.server.use(name, version) as loaded:
            if what is None:
                states = [each for each in self.server.states if version in (None, each.number)]
                return {"model_version_status": [_status(*each) for each in _triples(states)]}
            if what == "/metadata":
                signatures = {key: _plain(each) for key, each in loaded.model.signatures.items()}
                return {
                    "model_spec": {"name": name, "signature_name": "", "version": str(loaded.number)},
                    "metadata": {"signature_def": {"signature_def": signatures}},
                }
            document = _document(body)
            signature_name = document.get("signature_name", "")
            if not isinstance(signature_name, str):
                raise InputError("'signature_name' is no text")
            key, signature = self.server.signature(loaded, signature_name)
            columns, by_row = to_tensors(document, signature)
            return to_answer(self.server.run(loaded, columns, key), by_row)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    rest: RestServer
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *values: Any) -> None:
        """Say nothing: the metrics count."""

    def _answer(self) -> None:
        started, status = time.perf_counter(), 200
        try:
            kind, content = self.rest.answer(self.command, unquote(self.path.partition("?")[0]), self._body())
        except HttpError as error:
            status, kind, content = error.status, *_error(error)
        except InputError as error:
            status, kind, content = 400, *_error(error)
        except LookupError as error:
            status, kind, content = 404, *_error(error.args[0])
        except Exception as error:  # the server must outlive whatever a request does to it
            self.log_error("%s", error)
            status, kind, content = 500, *_error(f"{type(error).__name__}: {error}")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
        if self.close_connection and status in (411, 413):
            self._linger()
        self.rest.server.monitoring.request("rest", str(status), time.perf_counter() - started)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0" if self.command == "GET" else "")
        # A body that is not read must not be taken for the next request.
        if not length.isdigit():
            self.close_connection = True
            raise HttpError(411, "the request says no Content-Length")
        if int(length) > self.rest.max_body:
            self.close_connection = True
            raise HttpError(413, f"the body has {length} bytes; at most {self.rest.max_body} are taken")
        return self.rfile.read(int(length))

    def _linger(self) -> None:
        """Let the client finish sending, or it would be cut off before it reads the answer."""
        end = time.monotonic() + _LINGER_SECONDS
        self.connection.settimeout(_LINGER_SECONDS / 4)
        try:
            self.connection.shutdown(socket.SHUT_WR)
            while time.monotonic() < end and self.connection.recv(1 << 16):
                pass
        except OSError:
            return  # it is silent or gone


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the body is no JSON ({error})") from error
    if not isinstance(document, dict):
        raise InputError("the body is no JSON object", expected="an object with 'instances' or 'inputs'")
    return document


def _triples(states: list[Any]) -> list[tuple[int, str, str]]:
    return [(each.number, each.state, each.error) for each in states]


def _status(number: int, state: str, error: str) -> dict[str, Any]:
    code = "UNKNOWN" if error else "OK"
    return {"version": str(number), "state": state, "status": {"error_code": code, "error_message": error}}


def _plain(message: Any) -> dict[str, Any]:
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def _error(error: object) -> tuple[str, bytes]:
    return "application/json", json.dumps({"error": str(error)}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
