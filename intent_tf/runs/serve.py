"""`python -m intent_tf.serve MODEL`: a development stand-in for TF Serving on this machine.

It speaks TF Serving's REST and gRPC APIs, for development and tests. In production run TF Serving itself:

    docker run -p 8501:8501 -p 8500:8500 -v "$PWD/MODEL":/models/NAME -e MODEL_NAME=NAME tensorflow/serving
"""

from __future__ import annotations

import importlib.util
import logging
import signal
import threading
from pathlib import Path

from intent_tf.options.serve import ServeConfig
from intent_tf.serving.demo import Demo
from intent_tf.serving.model_server import ModelServer
from intent_tf.serving.rest_server import RestServer


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


def serve_until_interrupted(base: str | Path, config: ServeConfig) -> None:
    """Serve until SIGINT or SIGTERM comes; see `serve`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("absl").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    serve(base, config, stop)
