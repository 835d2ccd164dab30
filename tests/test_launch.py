"""The launcher starts workers, tells their lines apart, and ends them all."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pytest

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.errors import InputError
from intent_tf.launch import launch, main
from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.options.launch import LaunchConfig
from intent_tf.simulator.simulator import simulate
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds

T = TypeVar("T")

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems tell no child of its parent's end")


def wait_for(look: Callable[[], T], good: Callable[[T], bool] = bool, seconds: float = 600) -> T:
    deadline = time.monotonic() + seconds
    while not good(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def workers_of(pid: int) -> set[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return {int(each) for each in file.read_text().split() if runs(int(each))}


def runs(pid: int) -> bool:
    try:
        # Of a process that nobody has waited for yet it is empty.
        return b"intent_tf.train" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def both_have_started(launcher: int) -> set[int]:
    return wait_for(lambda: workers_of(launcher), lambda found: len(found) == 2)


def test_lines_name_their_worker_and_the_status_is_that_of_the_one_that_failed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert launch(LaunchConfig(restarts=1), ["train", "--no-such-option"]) == 2
    output = capfd.readouterr().out
    for index in (0, 1):
        assert f"[worker {index}] error: unknown option '--no-such-option'" in output
    assert "a worker failed; all start again (1 of 1)" in output


@pytest.mark.guard
@linux
def test_no_worker_outlives_a_launcher_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-m", "intent_tf.launch", "--", "train"]) as launcher:
        workers = both_have_started(launcher.pid)
        launcher.kill()
    # They are still importing TensorFlow, and would go on for long.
    wait_for(lambda: not any(map(runs, workers)), seconds=5)


@pytest.mark.guard
@linux
def test_sigterm_ends_all_and_starts_none_again(capfd: pytest.CaptureFixture[str]) -> None:
    def terminate() -> None:
        both_have_started(os.getpid())
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=terminate)
    thread.start()
    status = launch(LaunchConfig(restarts=3), ["train"])
    thread.join()
    assert status == 128 + signal.SIGTERM
    assert workers_of(os.getpid()) == set()
    assert "start again" not in capfd.readouterr().out


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A table that trains in no time."""
    file = tmp_path_factory.mktemp("visits") / "visits.csv"
    pd.DataFrame({"pages": [number % 7 for number in range(400)], "bought": [0, 1] * 200}).to_csv(file)
    return str(file)


def train(visits: str, out: Path, *options: str) -> list[str]:
    return [
        "train",
        "--data",
        visits,
        "--label",
        "bought",
        "--out",
        str(out),
        "--ensemble-size",
        "2",
        "--parts",
        "network",
        *options,
    ]


@pytest.mark.guard
def test_the_first_worker_alone_evaluates_and_exports(
    visits: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert launch(LaunchConfig(), train(visits, tmp_path / "out", "--epochs", "1")) == 0
    output = capfd.readouterr().out
    assert f"[worker 0] {tmp_path}/out/1\n" in output
    assert "test rows" in output and "[worker 1] test rows" not in output
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["1"]


@pytest.mark.slow
@linux
@pytest.mark.parametrize("victim", [0, 1])
def test_a_killed_worker_is_started_again_and_the_run_ends_as_without(
    victim: int, visits: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ("--epochs", "30", "--patience", "30", "--batch-size", "8", "--seed", "3")
    assert launch(LaunchConfig(), train(visits, tmp_path / "undisturbed", *options)) == 0

    def kill() -> None:
        workers = sorted(both_have_started(os.getpid()))  # in the order in which they were started
        wait_for((tmp_path / "disturbed" / ".training" / "checkpoint" / "state.json").exists)
        os.kill(workers[victim], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    assert launch(LaunchConfig(restarts=1), train(visits, tmp_path / "disturbed", *options)) == 0
    thread.join()
    assert "all start again (1 of 1)" in capfd.readouterr().out
    found, expected = (
        json.loads((tmp_path / name / "1" / "metrics.json").read_text())["test"]
        for name in ("disturbed", "undisturbed")
    )
    assert found.pop("confusion_matrix") == expected.pop("confusion_matrix")
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_an_event_folder_larger_than_memory_trains_on_two_workers(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    prepare_examples(simulate(300, seed=1), ExampleDefinition(negative_rate=0.5), out=tmp_path / "examples")
    command = (
        "train",
        "--events",
        tmp_path / "examples",
        "--memory-rows",
        400,
        "--out",
        tmp_path / "out",
        "--epochs",
        1,
        "--ensemble-size",
        2,
        "--parts",
        "network",
        "--filters",
        4,
        "--output-dim",
        4,
    )
    assert launch(LaunchConfig(), [str(each) for each in command]) == 0
    output = capfd.readouterr().out
    rows = int(re.search(r"rows of train, streamed: ([\d,]+)", output)[1].replace(",", ""))
    assert rows > 400 and f"[worker 0] {tmp_path}/out/1\n" in output


@pytest.mark.slow
def test_an_encoder_is_fine_tuned_by_two_workers(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
    vocabulary = (*SPECIAL, "love", "bad", "hat", "bag")
    network = BertTransformer(
        len(vocabulary), num_layers=1, hidden_dim=16, num_heads=2, max_sequence_length=16
    )
    BertEncoder(network, WordPieceIds(16, vocabulary=vocabulary)).to_hub(tmp_path / "encoder")
    titles = [
        f"{word} {thing} {number}"
        for number in range(50)
        for word in ("bad", "love")
        for thing in ("hat", "bag")
    ]
    frame = pd.DataFrame({"title": titles, "bought": [title.startswith("love") for title in titles]})
    frame.to_csv(tmp_path / "titles.csv", index=False)
    command = (
        "train",
        "--data",
        tmp_path / "titles.csv",
        "--label",
        "bought",
        "--kinds",
        "title=text",
        "--encoder",
        tmp_path / "encoder",
        "--encoder-tokens",
        16,
        "--encoder-epochs",
        1,
        "--epochs",
        1,
        "--ensemble-size",
        2,
        "--out",
        tmp_path / "out",
    )
    assert launch(LaunchConfig(), [str(each) for each in command]) == 0
    output = capfd.readouterr().out
    assert f"[worker 0] {tmp_path}/out/1\n" in output


def test_a_verb_must_be_given() -> None:
    with pytest.raises(InputError, match="no verb is given"):
        main(["--workers", "2"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 0}, "workers is 0; expected at least 1"),
        ({"restarts": -1}, "restarts is -1; expected 0 or more"),
    ],
)
def test_an_option_out_of_its_range_is_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        LaunchConfig(**options)
