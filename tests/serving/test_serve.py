"""`python -m intent_tf.serve` as a process: it starts, answers, and ends when it is told to."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.parse

import numpy as np
import pytest
from serve_process import start_serving

from intent_tf.errors import MissingExtraError
from intent_tf.options.serve import ServeConfig
from intent_tf.serve import main
from intent_tf.serving import Client


@pytest.fixture
def process(tiny):
    """The process, and its model's URL."""
    pytest.importorskip("uvicorn", reason="the extra serving is not installed")
    process, url = start_serving(tiny.base, "--rest-port", "0", "--name", "shop", stderr=subprocess.PIPE)
    try:
        yield process, url
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def test_a_process_answers_and_ends_cleanly(tiny, process) -> None:
    server, url = process
    np.testing.assert_allclose(Client(url).predict(tiny.rows), tiny.probabilities, rtol=0, atol=1e-6)
    server.send_signal(signal.SIGTERM)
    assert server.wait(60) == 0


def test_what_is_in_flight_is_answered_before_the_end(tiny, process) -> None:
    server, url = process
    many = {name: tiny.rows[name].tolist() * 2000 for name in tiny.raw()}
    body = json.dumps({"inputs": many}).encode()

    # Half of the request is there when the process is told to end: no clock decides whether it is in flight.
    address = urllib.parse.urlsplit(f"{url}:predict")
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    connection.putrequest("POST", address.path)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[: len(body) // 2])
    time.sleep(0.5)
    server.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    connection.send(body[len(body) // 2 :])
    with connection.getresponse() as answer:
        assert len(json.load(answer)["outputs"]) == 2000 * len(tiny.rows)
    connection.close()
    assert server.wait(60) == 0


def test_clients_that_go_away_leave_no_trace(tiny, process) -> None:
    server, url = process
    address = urllib.parse.urlsplit(url)
    for length in (2, 200) * 100:
        with socket.create_connection((address.hostname, address.port)) as connection:
            head = f"POST {address.path}:predict HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{{}}"
            connection.sendall(head.encode())
    np.testing.assert_allclose(Client(url).predict(tiny.rows), tiny.probabilities, rtol=0, atol=1e-6)
    server.send_signal(signal.SIGTERM)
    assert "Traceback" not in server.stderr.read()


def test_a_folder_without_a_model_is_told(tmp_path) -> None:
    with pytest.raises(ValueError, match="holds no version of a model"):
        main([str(tmp_path), "--rest-port", "0"])


def test_a_taken_port_is_told(tiny) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match=f"cannot listen on 127.0.0.1:{port}"):
            main([str(tiny.base), "--rest-port", str(port)])


def test_a_package_that_is_missing_is_told_with_what_installs_it(tiny, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'intent_tf\[serving\]'"):
        main([str(tiny.base), "--rest-port", "0"])


@pytest.mark.parametrize("option", ["--host", "--port", "--max-batch", "--max-body"])
def test_an_option_that_is_gone_says_what_to_use(tiny, option, capsys) -> None:
    with pytest.raises(SystemExit):
        main([str(tiny.base), option, "1"])
    assert f"{option} is gone: " in capsys.readouterr().err


def test_help_says_that_it_is_for_development_only(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "on the loopback interface, without authentication" in " ".join(capsys.readouterr().out.split())


def test_seconds_between_looks_must_be_positive() -> None:
    with pytest.raises(ValueError, match="poll is 0"):
        ServeConfig(poll=0)
