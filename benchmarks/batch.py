"""Times `predict` on a file of sessions against the way of version 0.1: rows/s, and the ratio.

    python benchmarks/batch.py MODEL [--sessions 8000] [--turns 3]

MODEL is a version folder of a model of event logs, such as `python -m intent_tf.train` writes. Version 0.1
read 65,536 rows at once into a DataFrame, made tensors of it twice (to score and to count), and ran 4,096
rows at once in the order of the file, on one thread beside TensorFlow's own. Both ways write the same
probabilities; the best of the turns counts, and seconds of the processor are told too, since other processes
disturb them less.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from machine import machine

from intent_tf.columns.input_facts import InputFacts
from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.data.examples import prepare_examples
from intent_tf.data.table_writer import TableWriter, with_column
from intent_tf.data.tables import TableFile
from intent_tf.serving.chunk_scores import ROWS, scored_chunks
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.trained_model import TrainedModel, open_model
from intent_tf.simulator.simulator import simulate

STRENGTH = pa.field("intent_strength", pa.float32())


def before(model: TrainedModel, data: Path, out: Path) -> None:
    specification, served = model.specification, model.scorer
    assert isinstance(served, ServedModel)
    source, counted = TableFile(data), InputFacts(specification)
    names = [column.name for column in specification.columns]
    with TableWriter(out, source.schema.append(STRENGTH)) as writer:
        for chunk in source.chunks():
            frame = chunk.frame(names)
            columns = raw_columns(frame, specification)
            columns = {name: columns[name] for name in served.signatures["serving_default"].inputs}
            batches = (
                {name: values[start : start + 4096] for name, values in columns.items()}
                for start in range(0, len(frame), 4096)
            )
            strengths = [served.run(padded(batch))[STRENGTH.name] for batch in batches]
            counted.add(frame)
            writer.write(with_column(chunk.rows, STRENGTH.name, np.concatenate(strengths)))


def now(model: TrainedModel, data: Path, out: Path) -> None:
    source, counted = TableFile(data), InputFacts(model.specification)
    with TableWriter(out, source.schema.append(STRENGTH)) as writer:
        for chunk, columns, strengths in scored_chunks(
            source.chunks(ROWS), model.scorer, model.specification
        ):
            counted.add_rows(columns, chunk.numbers)
            writer.write(with_column(chunk.rows, STRENGTH.name, strengths))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--sessions", type=int, default=8000)
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    model = open_model(given.model)
    ways: dict[str, Callable[[TrainedModel, Path, Path], None]] = {"as 0.1": before, "predict": now}
    with tempfile.TemporaryDirectory() as folder:
        data, few = Path(folder) / "examples.parquet", Path(folder) / "few.parquet"
        examples = prepare_examples(simulate(given.sessions, seed=9)).examples
        examples.to_parquet(data, index=False)
        examples.head(100).to_parquet(few, index=False)
        now(model, few, Path(folder) / "warm.parquet")  # TensorFlow optimises the graph when it first runs
        outs = {name: Path(folder) / f"{number}.parquet" for number, name in enumerate(ways)}
        seconds = {name: list[tuple[float, float]]() for name in ways}
        for _ in range(given.turns):
            for name, way in ways.items():
                start = time.perf_counter(), time.process_time()
                way(model, data, outs[name])
                seconds[name].append((time.perf_counter() - start[0], time.process_time() - start[1]))
        strengths = [pd.read_parquet(out)[STRENGTH.name] for out in outs.values()]
        largest = float(np.abs(strengths[0] - strengths[1]).max())
    best = {name: np.min(turns, axis=0) for name, turns in seconds.items()}
    print(f"{machine()}\n{len(examples):,} rows; largest difference {largest:.1e}")
    print(f"{'way':10}{'seconds':>9}{'rows/s':>9}{'processor s':>13}")
    for name, (wall, processor) in best.items():
        print(f"{name:10}{wall:9.2f}{len(examples) / wall:9,.0f}{processor:13.2f}")
    ratio, processor = best["as 0.1"] / best["predict"]
    print(f"{ratio:.1f} × as fast, by {processor:.1f} × less of the processor")


if __name__ == "__main__":
    main()
