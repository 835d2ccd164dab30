"""How much memory `train` takes for a table of a million rows, with an id that has as many values.

    python benchmarks/memory.py [--rows 1000000] [--epochs 1]          # minutes, and gigabytes

Printed are the table's size in Arrow, the largest resident memory of the process, and what was aimed at:
twice the size and 600 MB.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def table(rows: int, seed: int = 0) -> pa.Table:
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(rows, 6)).astype(np.float32)
    brand, days = rng.zipf(1.3, rows) % 2_000, rng.integers(0, 730 * 24 * 60, rows)
    logit = numbers[:, 0] + 0.5 * numbers[:, 1] * (brand % 2) - 2
    columns = {f"number_{index}": numbers[:, index] for index in range(numbers.shape[1])}
    columns |= {
        "user": np.char.add("u", rng.integers(0, rows, rows).astype(str)),
        "brand": np.char.add("b", brand.astype(str)),
        "created": pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="min"),
        "bought": (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int8),
    }
    return pa.table(columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--parts", default="network,trees,linear")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = table(options.rows)
        size, path = made.nbytes / 1e6, Path(folder, "table.parquet")
        pq.write_table(made, path)
        del made
        command = [sys.executable, "-m", "intent_tf.train", "--data", str(path), "--label", "bought"]
        command += ["--epochs", str(options.epochs), "--parts", options.parts, "--out", f"{folder}/model"]
        started = time.perf_counter()
        done = subprocess.run(command, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}, text=True, check=True)
        assert done.returncode == 0
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    print(f"{options.rows:,} rows, {size:,.0f} MB in Arrow: {peak:,.0f} MB at most, {seconds:,.0f} s")
    print(f"aimed at: {2 * size + 600:,.0f} MB")


if __name__ == "__main__":
    main()
