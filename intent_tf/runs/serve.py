"""What `serve` does: it stands in for TF Serving on this machine, with its REST API."""

import logging
import signal
import socket
from pathlib import Path

from intent_tf.errors import InputError, require
from intent_tf.options.serve import ServeConfig
from intent_tf.serving.model_versions import ModelVersions

_HOST = "127.0.0.1"


def serve(base: str | Path, config: ServeConfig) -> None:
    """Serve until SIGINT or SIGTERM comes, then answer what runs and return.

    Raises:
        InputError: If there is no model, it is not trusted, or the port is taken.
        MissingExtraError: If starlette and uvicorn are not installed.
    """
    require("starlette", "serving")
    uvicorn = require("uvicorn", "serving")
    from intent_tf.serving.demo import demo_routes
    from intent_tf.serving.rest_app import rest_app

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("absl").setLevel(logging.WARNING)
    versions = ModelVersions(base, config.name, trust=config.trust)
    app = rest_app(versions, config.poll, demo_routes(versions) if config.demo else ())
    try:
        listening = socket.create_server((_HOST, config.rest_port))
    except OSError as error:
        raise InputError(f"cannot listen on {_HOST}:{config.rest_port} ({error.strerror})") from error
    with listening:
        url = f"http://{_HOST}:{listening.getsockname()[1]}"
        print(f"REST: {url}/v1/models/{versions.name}", flush=True)
        if config.demo:
            print(f"demo: {url}/demo", flush=True)
        print("This is a stand-in for development; in production run tensorflow/serving.", flush=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            # Once all is answered, uvicorn sends itself again the signal that ended it.
            signal.signal(number, lambda *_: None)
        uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listening])
