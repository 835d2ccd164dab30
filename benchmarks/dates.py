"""Times dates: cells a second in tf.data, and what three date columns add to a request.

    python benchmarks/dates.py            # needs gcc

A request runs in TensorFlow's C API (what TF Serving calls), one row at a time, on the same table with and
without its three date columns, in turns; each is timed again and again, so the medians compare.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "serving"))  # for c_loader

import numpy as np
import pandas as pd
import tensorflow as tf
from c_loader import CLoader, compile_loader
from machine import machine
from timing import timed

from intent_tf.columns.prepared import preprocess_data
from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.layers.parsed_dates import ParsedDates
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.serving import export_saved_model

CELLS, BATCH, TURNS, ONES = 200_000, 1024, 7, 300
FORMATS = {"Ymd": "%Y-%m-%d", "dmY": "%d.%m.%Y %H:%M", "bdY": "%b %d, %Y"}


def cells(form: str, rows: int, seed: int = 0) -> pd.Series:
    minutes = np.random.default_rng(seed).integers(0, 3 * 365 * 24 * 60, rows)
    return pd.Series(pd.Timestamp("2022-01-01") + pd.to_timedelta(minutes, unit="min")).dt.strftime(form)


def main() -> None:
    print(f"cells a second in tf.data, batches of {BATCH}, median of {TURNS} (best):")
    for order, form in FORMATS.items():
        parse, texts = ParsedDates(order), tf.constant(cells(form, CELLS).to_numpy(object))
        batches = tf.data.Dataset.from_tensor_slices(texts).batch(BATCH).cache()
        parsed = batches.map(parse, tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
        seconds = timed(lambda parsed=parsed: sum(1 for _ in parsed), TURNS + 1)[1:]
        print(f"  {form:18}{CELLS / np.median(seconds):12,.0f}{CELLS / seconds.min():12,.0f}")

    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(2000, 6)), columns=[f"number_{each}" for each in range(6)])
    frame["device"], frame["bought"] = rng.choice(list("abcd"), 2000), rng.integers(0, 2, 2000)
    dated = frame.assign(**{f"date_{each}": cells("%Y-%m-%d %H:%M", 2000, each) for each in range(3)})
    folder = Path(tempfile.mkdtemp())
    program, loaders = compile_loader(folder), {}
    for name, table in {"without": frame, "with three dates": dated}.items():
        data = preprocess_data(table, "bought", verbose=False)
        model = build_model(data, build_feature_extractor(data), build_predictor())
        export_saved_model(model, folder / name / "1")
        raw = padded(raw_columns(table.head(1), data.specification))
        row = {column: values.numpy() for column, values in raw.items()}
        loaders[name] = (CLoader(program, folder / name / "1"), row)
    found: dict[str, list[np.ndarray]] = {name: [] for name in loaders}
    for turn in range(TURNS + 1):  # the first warms up
        for name, (loader, row) in loaders.items():
            seconds = loader.timed(row, runs=ONES)[1]
            if turn:
                found[name].append(seconds)
    medians = {name: float(np.median(np.concatenate(each))) * 1e3 for name, each in found.items()}
    print(f"one row in C: {', '.join(f'{name} {each:.3f} ms' for name, each in medians.items())}")
    print(f"three dates add {medians['with three dates'] - medians['without']:.3f} ms")
    for loader, _ in loaders.values():
        loader.close()
    print(json.dumps(machine()))


if __name__ == "__main__":
    main()
