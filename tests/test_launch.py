"""The launcher starts workers, tells their lines apart, and ends them all."""

from __future__ import annotations

import subprocess
import sys

import pytest

from intent_tf.errors import InputError
from intent_tf.launch import LaunchConfig, main


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "intent_tf.launch", *arguments], capture_output=True, text=True, check=False,
        timeout=240,
    )  # fmt: skip


def test_lines_name_their_worker_and_the_status_is_that_of_the_one_that_failed() -> None:
    done = run("--workers", "2", "--restarts", "1", "--", "train", "--no-such-option")
    assert done.returncode == 2
    for index in (0, 1):
        assert f"[worker {index}] error: unknown option '--no-such-option'" in done.stdout
    assert "a worker failed; all start again (1 of 1)" in done.stdout


def test_a_verb_must_be_given() -> None:
    with pytest.raises(InputError, match="no verb is given"):
        main(["--workers", "2"])


@pytest.mark.parametrize("options", [{"workers": 0}, {"restarts": -1}])
def test_an_option_out_of_its_range_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(InputError, match="expected at least 1 and 0"):
        LaunchConfig(**options)
