"""The real TF Serving answers the golden requests, wherever its binary is on PATH."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import time

import numpy as np
import pytest

from intent_tf.serving import Client


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def address(events):
    program = shutil.which("tensorflow_model_server")
    if program is None:
        pytest.skip("tensorflow_model_server is not on PATH")
    rest, grpc = free_port(), free_port()
    server = subprocess.Popen(
        [
            program,
            f"--rest_api_port={rest}",
            f"--port={grpc}",
            "--model_name=shop",
            f"--model_base_path={events.base}",
        ],
    )
    for _ in range(120):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", rest, timeout=5)
            connection.request("GET", "/v1/models/shop")
            if b"AVAILABLE" in connection.getresponse().read():
                break
        except OSError:
            pass
        time.sleep(0.5)
    yield rest, grpc
    server.terminate()
    server.wait(60)


@pytest.mark.parametrize("form", ["row", "columnar"])
def test_a_golden_request_gets_its_golden_response(events, address, form) -> None:
    extra = events.folder / "assets.extra"
    connection = http.client.HTTPConnection("127.0.0.1", address[0], timeout=60)
    connection.request(
        "POST", "/v1/models/shop:predict", (extra / f"golden_request_{form}.json").read_bytes()
    )
    answer = json.loads(connection.getresponse().read())
    golden = json.loads((extra / f"golden_response_{form}.json").read_text())
    if form == "row":
        answer, golden = (
            {key: [each[key] for each in rows["predictions"]] for key in rows["predictions"][0]}
            for rows in (answer, golden)
        )
    else:
        answer, golden = answer["outputs"], golden["outputs"]
    for name, values in golden.items():
        np.testing.assert_allclose(answer[name], values, rtol=0, atol=1e-6)


def test_the_client_gets_keras_strengths_over_both_apis(events, address) -> None:
    for url in (f"http://127.0.0.1:{address[0]}/v1/models/shop", f"grpc://127.0.0.1:{address[1]}/shop"):
        np.testing.assert_allclose(Client(url).predict(events.rows), events.probabilities, rtol=0, atol=1e-6)
