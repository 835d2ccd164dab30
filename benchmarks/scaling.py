"""Splits a training step into compute, all-reduce and input for several local workers, and predicts it.

    python benchmarks/scaling.py [--workers 1,2,4] [--tables 2000,20000,100000] [--rows 64,256,1024]
        [--steps 30]

Trains a `TextCNN` and a dense layer on texts of 100 tokens, as frequent as words are, with `FusedAdam`; the
rows of a step are shared by all workers, which are processes of one TensorFlow thread each, joined by gRPC on
loopback. For every size of the table and every number of rows, every worker measures at the same time as the
others:

- step: a step of `fit` with everything in it;
- compute: the same step on its own share, with weights of its own and no other worker;
- reduce: the exchange of gradients of that size alone (rows of the table are gathered, the rest is summed);
- meeting: the exchange of one number;
- input: making a batch. It runs beside the computation: it counts only where it takes longer.

Figures are the least of all steps of the first worker, in milliseconds. `cost_model.py` is fitted to one and
two workers, and says what the others should take; then it is carried to 100 workers and a billion examples
(docs/scaling.md names the assumptions). JSON is the last line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from itertools import product
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from cost_model import DENSE, DIMENSION, FILTERS, TAPS, CostModel
from machine import machine

from intent_tf.addresses import free_ports
from intent_tf.data.shard import Shard
from intent_tf.models.distributed_model import DistributedModel
from intent_tf.models.text_cnn import TextCNN
from intent_tf.training.cluster import is_chief
from intent_tf.training.fused_adam import FusedAdam
from intent_tf.training.preemption import wants
from intent_tf.training.strategy import make_strategy

TOKENS = 100
PARTS = ("step", "compute", "reduce", "meeting", "input")


class Text(DistributedModel):
    """Token ids to a strength."""

    def __init__(self, table: int) -> None:
        super().__init__()
        self.extractor = TextCNN(table, DIMENSION, FILTERS, (TAPS,))
        self.predictor = keras.layers.Dense(1, activation="sigmoid")

    def call(self, ids: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Compute the strengths ``(batch, 1)``."""
        return self.predictor(self.extractor(ids, training=training))


def make_model(table: int) -> Text:
    model = Text(table)
    model.compile(FusedAdam(1e-3), "binary_crossentropy")
    return model


def batches(ids: np.ndarray, rows: int, shard: Shard) -> tf.data.Dataset:
    """Endless batches of a shard's rows."""
    known, labels = tf.constant(ids), tf.cast(tf.reduce_sum(ids, axis=1) % 2, tf.float32)
    order = tf.data.Dataset.range(len(ids)).shuffle(len(ids), seed=0).repeat().batch(rows)
    shares = shard.split(order).map(
        lambda places: (tf.gather(known, places), tf.gather(labels, places)[:, None])
    )
    return shares.prefetch(2)


def fastest(call: Callable[[], Any], turns: int) -> float:
    """Least time of a call in ms, after two to warm up: what others on the machine disturb least."""
    seconds = []
    for _ in range(turns + 2):
        started = time.perf_counter()
        tf.nest.map_structure(lambda part: part.numpy() if hasattr(part, "numpy") else part, call())
        seconds.append(time.perf_counter() - started)
    return 1e3 * min(seconds[2:])


def measure(strategy: tf.distribute.Strategy, table: int, rows: int, steps: int) -> dict[str, float]:
    """Measure one size of the table on this worker."""
    workers = strategy.num_replicas_in_sync
    rng = np.random.default_rng(0)
    ids = (rng.zipf(1.2, (20 * rows, TOKENS)) % (table - 1) + 1).astype(np.int32)
    index = 0 if strategy.cluster_resolver is None else strategy.cluster_resolver.task_id
    share = Shard(index, 1, workers)
    with strategy.scope():
        together = make_model(table)
    alone = make_model(table)
    found: dict[str, float] = {}
    for name, model, data in (
        ("step", together, together.distribute(lambda shard: batches(ids, rows, shard))),
        ("compute", alone, batches(ids, rows, share)),
    ):
        model.fit(data, steps_per_epoch=1, shuffle=False, verbose=0)
        iterator = iter(data)
        wants(strategy, False)  # all begin together
        found[name] = fastest(lambda model=model, iterator=iterator: model.train_function(iterator), steps)
    iterator = iter(batches(ids, rows, share))
    wants(strategy, False)
    found["input"] = fastest(lambda: next(iterator)[1], steps)
    distinct = len(np.unique(ids[: rows // workers]))
    for name, call in (("reduce", exchange(strategy, table, distinct)), ("meeting", meeting(strategy))):
        wants(strategy, False)
        found[name] = fastest(call, steps) if workers > 1 else 0.0
    return found | {"workers": workers, "rows": rows, "table": table, "distinct": distinct}


def exchange(strategy: tf.distribute.Strategy, table: int, distinct: int) -> Callable[[], Any]:
    """Make a call that exchanges gradients as large as those of a step."""

    def reduce() -> tf.Tensor:
        rows = tf.IndexedSlices(
            tf.ones((distinct, DIMENSION)), tf.range(distinct), tf.constant([table, DIMENSION])
        )
        context = tf.distribute.get_replica_context()
        whole, some = context.all_reduce(tf.distribute.ReduceOp.SUM, [tf.ones(DENSE), rows])
        return tf.reduce_sum(whole) + tf.reduce_sum(some.values)

    return tf.function(lambda: strategy.reduce("MEAN", strategy.run(reduce), axis=None), autograph=False)


def meeting(strategy: tf.distribute.Strategy) -> Callable[[], Any]:
    """Make a call that exchanges one number."""

    def meet() -> tf.Tensor:
        return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tf.ones(()))

    return tf.function(lambda: strategy.run(meet), autograph=False)


def run_workers(workers: int, options: argparse.Namespace) -> list[dict[str, float]]:
    """Start workers and read what the first one measured."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(workers)]
    processes = []
    for index in range(workers):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        environment = os.environ | {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "2"}
        environment |= {"TF_CONFIG": json.dumps(task)} if workers > 1 else {}
        command = [sys.executable, __file__, "--worker", "--tables", options.tables]
        command += ["--rows", options.rows, "--steps", str(options.steps)]
        processes.append(subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE))
    try:
        outputs = [process.communicate()[0] for process in processes]
        if any(process.returncode for process in processes):
            raise SystemExit(f"a worker failed with {workers} workers")
    finally:
        for process in processes:
            process.kill()
    return list(json.loads(outputs[0].splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--tables", default="2000,20000,100000")
    parser.add_argument("--rows", default="64,256,1024", help="rows a step, over all workers")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        strategy = make_strategy(worker_timeout=600)
        sizes = product(*([int(each) for each in text.split(",")] for text in (options.tables, options.rows)))
        found = [measure(strategy, table, rows, options.steps) for table, rows in sizes]
        if is_chief(strategy):
            print(json.dumps(found))
        return
    about = machine()
    points = [point for count in options.workers.split(",") for point in run_workers(int(count), options)]
    model = CostModel.fitted(points, about["cpus"])
    print(f"load {about['load']} on {about['cpus']} cores; milliseconds")
    print(
        f"{'workers':>8}{'rows':>6}{'table':>9}"
        + "".join(f"{part:>9}" for part in PARTS)
        + "  predicted    off"
    )
    for point in points:
        point["predicted"] = model.total(point)
        off = point["predicted"] / point["step"] - 1
        print(
            f"{point['workers']:>8}{point['rows']:>6}{point['table']:>9,}"
            + "".join(f"{point[part]:>9.1f}" for part in PARTS)
            + f"{point['predicted']:>11.1f}{off:>7.0%}{'' if point['workers'] <= 2 else '  (not fitted)'}"
        )
    print(json.dumps({
        "machine": about, "points": points, "constants": asdict(model),
        "carried": [model.carried(table) for table in (20_000, 1_000_000, 10_000_000)],
    }))  # fmt: skip


if __name__ == "__main__":
    main()
