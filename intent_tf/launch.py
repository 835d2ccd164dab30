"""`python -m intent_tf.launch --workers N -- train ...`: several workers on this machine, to try it out.

Their lines are told apart by a prefix. If one fails, the others are ended too, and with --restarts all start
again; `train` then goes on from its checkpoint.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import IO

from intent_tf.errors import InputError
from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.options.launch import LaunchConfig
from intent_tf.training.addresses import free_ports

#: Seconds that workers have to end by themselves when another has failed.
GRACE = 10.0

# Of Linux's <sys/prctl.h>.
_PR_SET_PDEATHSIG = 1


def launch(config: LaunchConfig, command: Sequence[str]) -> int:
    """Run a verb as several workers of one cluster on this machine.

    SIGTERM is passed on to the workers, and nothing is started again after it. On Linux no worker outlives
    this process, whatever ends it.

    Args:
        config: How many.
        command: The verb and its arguments, such as ``["train", "--data", "visits.csv"]``.

    Returns:
        0 if all ended with 0, else the exit status of the first that failed.
    """
    workers = _Workers(config.workers)
    previous = signal.signal(signal.SIGTERM, workers.terminate)
    try:
        status = workers.run(command)
        for attempt in range(config.restarts):
            if status == 0 or workers.terminated:
                break
            print(f"a worker failed; all start again ({attempt + 1} of {config.restarts})", flush=True)
            again = ["--resume"] if command[0] == "train" and "--resume" not in command else []
            status = workers.run([*command, *again])
    finally:
        signal.signal(signal.SIGTERM, previous)
    return status


class _Workers:
    """Processes that end together.

    Args:
        count: How many train.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.terminated = False
        self._processes: list[subprocess.Popen[str]] = []

    def terminate(self, number: int, frame: FrameType | None) -> None:
        """Pass SIGTERM on."""
        self.terminated = True
        for process in self._processes:
            process.send_signal(number)

    def run(self, command: Sequence[str]) -> int:
        """Start all, and wait for them."""
        addresses = [f"127.0.0.1:{port}" for port in free_ports(self.count)]
        readers: list[threading.Thread] = []
        self._processes.clear()
        try:
            for index in range(self.count):
                task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
                self._start(*command, TF_CONFIG=json.dumps(task))
            if self.terminated:  # while they were started: some may not have heard of it
                self.terminate(signal.SIGTERM, None)
            # Not before all have started: a process forks safely as long as it has one thread.
            for index, process in enumerate(self._processes):
                assert process.stdout is not None
                readers.append(threading.Thread(target=_prefix, args=(f"[worker {index}] ", process.stdout)))
                readers[-1].start()
            return _wait(self._processes)
        finally:
            for process in self._processes:
                process.kill()
                process.wait()
            for reader in readers:
                reader.join()

    def _start(self, verb: str, *options: str, **environment: str) -> None:
        self._processes.append(
            subprocess.Popen(
                [sys.executable, "-m", f"intent_tf.{verb}", *options],
                text=True,
                errors="replace",
                env=_environment(self.count) | environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent(),
            )
        )


def _die_with_parent() -> Callable[[], None] | None:
    """Make what a new process does first: ask Linux to kill it when this one ends, also by kill -9."""
    if sys.platform != "linux":
        return None
    control, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before it was asked
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


def _wait(processes: Sequence[subprocess.Popen[str]]) -> int:
    """Wait for all, or for a failure and some time more."""
    failed, deadline = 0, float("inf")
    while any(process.poll() is None for process in processes) and time.monotonic() < deadline:
        first = next((process.returncode for process in processes if process.returncode), 0)
        if first and not failed:
            failed, deadline = first, time.monotonic() + GRACE
        time.sleep(0.05)
    failed = failed or next((process.returncode for process in processes if process.returncode), 0)
    return 128 - failed if failed < 0 else failed


def _prefix(name: str, lines: IO[str]) -> None:
    for line in lines:
        print(name + line, end="", flush=True)


def _environment(workers: int) -> dict[str, str]:
    """Share the cores: a worker that takes all of them only slows the others."""
    threads = str(max(1, (os.cpu_count() or 1) // workers))
    return {"TF_NUM_INTRAOP_THREADS": threads, "TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and start the workers."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    index = arguments.index("--") if "--" in arguments else len(arguments)
    (config,), _ = parse_configuration("launch", __doc__ or "", (LaunchConfig,), arguments[:index])
    command = arguments[index + 1 :]
    if not command or command[0].startswith("-"):
        raise InputError("no verb is given", expected="python -m intent_tf.launch --workers N -- train ...")
    raise SystemExit(launch(config, command))


if __name__ == "__main__":
    run_verb(main)
