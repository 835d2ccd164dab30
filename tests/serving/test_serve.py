"""`python -m intent_tf.serve` as a process: it starts, answers, and ends when it is told to."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import numpy as np
import pytest

from intent_tf.options.serve import ServeConfig
from intent_tf.serve import main
from intent_tf.serving import Client


def test_a_process_answers_and_ends_cleanly(tiny) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "intent_tf.serve",
            tiny.base,
            "--rest-port",
            "0",
            "--port",
            "0",
            "--name",
            "shop",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        printed = ""
        while "stand-in" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        (url,) = re.findall(r"REST: (\S+)", printed)
        np.testing.assert_allclose(Client(url).predict(tiny.rows), tiny.probabilities, rtol=0, atol=1e-6)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.stdout.close()


def test_a_folder_without_a_model_is_told(tmp_path) -> None:
    with pytest.raises(ValueError, match="holds no version of a model"):
        main([str(tmp_path), "--rest-port", "0", "--port", "0"])


def test_a_taken_port_is_told(tiny, rest) -> None:
    with pytest.raises(ValueError, match=f"cannot listen on 127.0.0.1:{rest.port}"):
        main([str(tiny.base), "--rest-port", str(rest.port), "--port", "0"])


def test_limits_must_be_positive() -> None:
    with pytest.raises(ValueError, match="max_batch is 0"):
        ServeConfig(max_batch=0)


def test_loopback_is_the_default() -> None:
    assert ServeConfig().host == "127.0.0.1"
