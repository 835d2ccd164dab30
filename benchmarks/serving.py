"""Times one raw request and batches of 256, ours against a stock Keras export of the same size.

    python benchmarks/serving.py

All is timed in the same run, in turns, so that the ratios hold on a busy machine too: TensorFlow's C API
(what TF Serving calls; needs gcc), and the Python signature. The stock model is TextVectorization →
Embedding → Conv1D → GlobalMaxPooling1D → Dense on the same texts.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "serving"))  # for c_loader

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from c_loader import CLoader, compile_loader
from timing import timed

from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.datasets import DATASETS
from intent_tf.errors import InputError
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.serving import ServedModel, export_saved_model
from intent_tf.simulator.simulator import simulate

DIMENSION, FILTERS, LONGEST = 128, 128, 200
BATCH, ONES, BATCHES, TURNS = 256, 100, 10, 4
THREADS = {"all threads": {}, "one thread": {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}}


def texts() -> pd.DataFrame:
    try:
        frame = DATASETS["clothing_reviews"].examples().frame
        return pd.DataFrame(
            {"text": frame["Review Text"].fillna(""), "label": frame["Recommended IND"]}
        ).head(5000)
    except InputError:
        log = simulate(2000)
        sessions = log.groupby("session_id")["text"].agg(" ".join)
        return pd.DataFrame({"text": sessions, "label": np.arange(len(sessions)) % 2})


def export_ours(frame: pd.DataFrame, folder: Path) -> int:
    data = preprocess_data(frame, "label", kinds={"text": "text"})
    extractor = build_feature_extractor(data, output_dim=DIMENSION, filters=FILTERS)
    model = build_model(data, extractor, build_predictor(ensemble_size=1), wide=False)
    export_saved_model(model, folder)
    return len(data.preprocessor.vocabularies["text"])


def export_stock(frame: pd.DataFrame, vocabulary_size: int, folder: Path) -> None:
    vectorise = keras.layers.TextVectorization(vocabulary_size, output_sequence_length=LONGEST)
    vectorise.adapt(frame["text"].to_numpy(str))
    vectorise(tf.constant(["built"]))
    network = keras.Sequential(
        [
            keras.layers.Embedding(vocabulary_size, DIMENSION),
            keras.layers.Conv1D(FILTERS, 3, padding="same", activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.build((None, LONGEST))
    archive = keras.export.ExportArchive()
    archive.track(vectorise)
    archive.track(network)
    signature = [tf.TensorSpec((None,), tf.string, "text")]
    archive.add_endpoint("serving_default", lambda text: {"p": network(vectorise(text))[:, 0]}, signature)
    archive.write_out(str(folder), verbose=False)


def main() -> None:
    frame = texts()
    folder = Path(tempfile.mkdtemp())
    ours, stock = folder / "ours" / "1", folder / "stock" / "1"
    export_stock(frame, export_ours(frame, ours), stock)
    columns = {"text": frame["text"].to_numpy(object)}
    one, batch = ({"text": columns["text"][:rows]} for rows in (1, BATCH))

    program = compile_loader(folder)
    ways: dict[tuple[str, str], list[Callable[[int], np.ndarray]]] = {}
    loaders = []
    for threads, settings in THREADS.items():
        for name, path in (("ours", ours), ("stock", stock)):
            loader = CLoader(program, path, environment={**os.environ, **settings})
            loaders.append(loader)
            ways[f"C API, {threads}", name] = [
                lambda times, loader=loader, rows=rows: loader.timed(rows, runs=times)[1]
                for rows in (one, batch)
            ]
    for name, path in (("ours", ours), ("stock", stock)):
        served = ServedModel(path)
        ways["Python signature", name] = [
            lambda times, served=served, rows=rows: timed(lambda: served.run(rows), times)
            for rows in (one, batch)
        ]

    found: dict[tuple[str, str], list[list[np.ndarray]]] = {key: [[], []] for key in ways}
    for way in ways.values():  # warm up
        way[0](10), way[1](2)
    for _ in range(TURNS):
        for key, way in ways.items():
            for kind, times in ((0, ONES), (1, BATCHES)):
                found[key][kind].append(way[kind](times))

    print(f"{'way':24}{'model':8}{'p50 ms':>9}{'p99 ms':>9}{'p99/p50':>9}{'rows/s at ' + str(BATCH):>16}")
    figures = {}
    for (way, name), (ones, batches) in found.items():
        p50, p99 = np.percentile(np.concatenate(ones), [50, 99]) * 1e3
        rows = BATCH / np.median(np.concatenate(batches))
        figures[way, name] = p50, rows
        print(f"{way:24}{name:8}{p50:9.3f}{p99:9.3f}{p99 / p50:9.1f}{rows:16,.0f}")
    print("\nours against stock: latency of one request (less is better), rows/s (more is better)")
    for way in dict.fromkeys(way for way, _ in ways):
        if (way, "stock") in figures:
            latency, rows = (a / b for a, b in zip(figures[way, "ours"], figures[way, "stock"], strict=True))
            print(f"{way:24}{latency:9.2f} ×{rows:9.2f} ×")
    for loader in loaders:
        loader.close()


if __name__ == "__main__":
    main()
