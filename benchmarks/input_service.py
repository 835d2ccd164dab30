"""Compares batches made by the process that trains with those that input workers make (`tf.data` service).

    python benchmarks/input_service.py [--workers 1,2] [--batches 300] [--batch-rows 256]

Batches of simulated sessions, as they are and with all changes of tokens (`--augment`), the most that
making one costs. Prints milliseconds a batch when nothing else runs, and the share of this process's own
time in it: what a training step beside it would lose. JSON is the last line.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from contextlib import ExitStack
from subprocess import DEVNULL, PIPE, Popen
from sys import executable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from machine import machine

import intent_tf
from intent_tf.data.augmentation import Augmentation
from intent_tf.features.rows import Rows
from intent_tf.features.served_rows import serve_training_rows

CHANGES = Augmentation(token_dropout=0.1, swap=0.1, span_mask=0.1, crop_concatenate=0.1)


def measure(rows: Rows, batches: int, batch_rows: int, changes: Augmentation | None) -> dict[str, float]:
    """Milliseconds a batch, by the clock and of this process's processors, the least of three times."""
    iterator = iter(rows.shuffled_batches(batch_rows, 0, augmentation=changes))
    for _ in range(20):
        next(iterator)
    found = []
    for _ in range(3):
        clock, own = time.perf_counter(), time.process_time()
        for _ in range(batches):
            next(iterator)
        found.append((time.perf_counter() - clock, time.process_time() - own))
    clock, own = min(found)
    return {"ms": 1e3 * clock / batches, "own_ms": 1e3 * own / batches}


def start(stack: ExitStack, *options: str) -> str:
    """Start a process of the service, and read the line that says that it is there."""
    command = [executable, "-m", "intent_tf.input_service", *options]
    process = stack.enter_context(Popen(command, text=True, stdout=PIPE, stderr=DEVNULL))
    stack.callback(process.kill)
    assert process.stdout is not None
    return process.stdout.readline().split()[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--batches", type=int, default=300)
    parser.add_argument("--batch-rows", type=int, default=256)
    options = parser.parse_args()
    examples = intent_tf.prepare_examples(intent_tf.simulate(sessions=4000, seed=0)).examples
    data = intent_tf.preprocess_data(
        examples[["user_id", "events", "previous_sessions", "previous_events", "purchase"]],
        label="purchase", drop=["user_id"], plan=intent_tf.SplitPlan(group="user_id"),
    )  # fmt: skip
    found = []
    for count in (0, *(int(each) for each in options.workers.split(","))):
        with ExitStack() as stack:
            made = data
            if count:
                address = start(stack)
                for _ in range(count):
                    start(stack, "--dispatcher", address)
                made = serve_training_rows(data, address)
            for changes in (None, CHANGES):
                times = measure(made.train, options.batches, options.batch_rows, changes)
                found.append({"input_workers": count, "changed": changes is not None, **times})
                print(f"{count} input workers, {'changed' if changes else 'plain':>7}: "
                      f"{times['ms']:.2f} ms a batch, {times['own_ms']:.2f} of them here")  # fmt: skip
    print(json.dumps({"machine": machine(), "batch_rows": options.batch_rows, "found": found}))


if __name__ == "__main__":
    main()
