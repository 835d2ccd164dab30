"""`python -m intent_tf.serve MODEL`: a development stand-in for TF Serving on this machine.

It speaks TF Serving's REST and gRPC APIs, for development and tests. In production run TF Serving itself:

    docker run -p 8501:8501 -p 8500:8500 -v "$PWD/MODEL":/models/NAME -e MODEL_NAME=NAME tensorflow/serving
"""

from __future__ import annotations

import importlib.util
import logging
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intent_tf.errors import InputError
from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.serving.demo import Demo
from intent_tf.serving.model_server import ModelServer
from intent_tf.serving.rest_server import RestServer


@dataclass(frozen=True)
class ServeConfig:
    """The server.

    Args:
        host: Address to listen on; other machines reach it only if it is not loopback.
        rest_port: Port of the REST API; 0 for any free one.
        port: Port of the gRPC API; 0 for any free one.
        name: The model's name in URLs; by default the folder's.
        max_body: Bytes of a request at most.
        max_batch: Rows that run at once at most.
        poll: Seconds between two looks for new versions.
        demo: Serve a page on which a person plays shopper; needs a model that reads events.
    """

    host: str = "127.0.0.1"
    rest_port: int = 8501
    port: int = 8500
    name: str = ""
    max_body: int = 16 << 20
    max_batch: int = 256
    poll: float = 1.0
    demo: bool = False

    def __post_init__(self) -> None:
        for field in ("max_body", "max_batch", "poll"):
            if not getattr(self, field) > 0:
                raise InputError(f"{field} is {getattr(self, field)}", expected="more than 0")


def serve(base: str | Path, config: ServeConfig, stop: threading.Event) -> None:
    """Serve until ``stop`` is set, then answer what runs and return.

    Args:
        base: The folder of versions, or one version's folder.
        config: Where to listen, and the limits.
        stop: Ends the server.

    Raises:
        InputError: If there is no model, or a port is taken.
    """
    server = ModelServer(Path(base), config.name, config.max_batch, config.poll)
    try:
        pages = Demo(server).pages if config.demo else {}
        rest = RestServer(server, config.host, config.rest_port, config.max_body, pages)
        url = f"http://{config.host}:{rest.port}"
        print(f"REST: {url}/v1/models/{server.name}", flush=True)
        closing = [rest.close]
        if importlib.util.find_spec("tensorflow_serving") is None:
            print("gRPC: off (pip install 'intent_tf[serving]')", flush=True)
        else:
            from intent_tf.serving.grpc_server import GrpcServer

            remote = GrpcServer(server, config.host, config.port, config.max_body)
            closing.append(remote.close)
            print(f"gRPC: grpc://{config.host}:{remote.port}/{server.name}", flush=True)
        if config.demo:
            print(f"demo: {url}/demo", flush=True)
        print("This is a stand-in for development; in production run tensorflow/serving.", flush=True)
        stop.wait()
        for close in closing:
            close()
    finally:
        server.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve until interrupted."""
    (config,), positional = parse_configuration(
        "serve", __doc__ or "", (ServeConfig,), arguments, {"model": "folder of versions that `train` wrote"}
    )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("absl").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    serve(positional.model, config, stop)


if __name__ == "__main__":
    run_verb(main)
