"""Times TextCNN against Embedding → Conv1D → GlobalMaxPooling1D: training, prediction, memory, quality.

    python benchmarks/extractor.py [--quick] [--quality]

All ways take turns, step by step, on the same batches in the same run, and a ratio is the median of the
turns', so that it holds on a busy machine too. A training step is the one that `fit` runs, with a dense
layer and Adam: stock layers with Keras' Adam, TextCNN with FusedAdam (the same arithmetic). The floor of a
step is what it cannot do without, each timed alone: the three products of the distinct tokens, one pass that
gathers and adds them up, and an update of the rows used. A bag of embeddings, as in fastText, stands beside
them. Peak memory is that of a process that only trains, less its start.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from machine import machine
from sklearn.metrics import roc_auc_score

from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.datasets import DATASETS
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.layers.text_cnn.to_keras_layers import to_keras_layers
from intent_tf.models.build import build_model, build_predictor
from intent_tf.models.feature_extractor import FeatureExtractor
from intent_tf.training.fused_adam import FusedAdam

DIMENSION, BATCHES = 128, 4
COLUMNS = {"batch": 5, "tokens": 5, "vocabulary": 12, "filters": 5}


class Shape(NamedTuple):
    """A line of the table."""

    batch: int
    tokens: int
    vocabulary: int
    filters: int
    kernels: tuple[int, ...]
    ids: str


QUICK = [
    Shape(256, 100, 20_000, 128, (3,), "zipf"),
    Shape(256, 400, 20_000, 128, (3,), "zipf"),
    Shape(256, 100, 20_000, 128, (3, 4, 5), "zipf"),
    Shape(32, 100, 20_000, 128, (3,), "uniform"),
]
GRID = [
    *QUICK,
    Shape(256, 100, 20_000, 128, (3,), "uniform"),
    Shape(256, 400, 20_000, 128, (3,), "uniform"),
    Shape(256, 20, 20_000, 128, (3,), "zipf"),
    Shape(256, 20, 20_000, 128, (3,), "uniform"),
    Shape(256, 100, 100_000, 128, (3,), "zipf"),
    Shape(256, 100, 2_000, 128, (3,), "zipf"),
    Shape(256, 100, 20_000, 32, (3,), "zipf"),
    Shape(32, 100, 20_000, 128, (3,), "zipf"),
    Shape(32, 20, 20_000, 128, (3,), "uniform"),
    Shape(1024, 100, 20_000, 128, (3,), "zipf"),
]
EXTRACTORS: dict[str, Callable[[Shape], keras.Sequential]] = {
    "stock": lambda shape: to_keras_layers(_text_cnn(shape)),
    "ours": lambda shape: _text_cnn(shape),
    "bag": lambda shape: keras.Sequential(
        [keras.layers.Embedding(shape.vocabulary, DIMENSION), keras.layers.GlobalAveragePooling1D()]
    ),
}
# What is compared, by name: the extractor and the optimiser.
TRAINING = {
    "stock": ("stock", "adam"),
    "ours": ("ours", FusedAdam),
    "bag": ("bag", "adam"),
}


def _text_cnn(shape: Shape) -> TextCNN:
    layer = TextCNN(shape.vocabulary, DIMENSION, shape.filters, shape.kernels, mask_zero=False)
    layer.build((None, None))
    return layer


def random_batches(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Ids ``(batches, batch, tokens)``, of a word's frequency or all alike, and labels."""
    rng, tokens = np.random.default_rng(0), np.arange(1, shape.vocabulary)
    weights = 1 / tokens if shape.ids == "zipf" else np.ones(len(tokens))
    ids = rng.choice(tokens, (BATCHES, shape.batch, shape.tokens), p=weights / weights.sum())
    return ids.astype("int32"), rng.integers(0, 2, (BATCHES, shape.batch)).astype("float32")


def network(extractor: keras.layers.Layer, optimizer: Any = "adam") -> keras.Model:
    """Make a classifier of texts, compiled."""
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, keras.layers.Dense(1, activation="sigmoid")(extractor(ids)))
    model.compile(optimizer() if isinstance(optimizer, type) else optimizer, "binary_crossentropy")
    return model


def training_step(model: keras.Model, ids: np.ndarray, labels: np.ndarray) -> Callable[[], None]:
    """One step of what `fit` runs."""
    batches = iter(tf.data.Dataset.from_tensor_slices((ids, labels)).repeat().prefetch(2))
    model.make_train_function()
    return lambda: np.asarray(tf.nest.flatten(model.train_function(batches))[0])


def prediction_step(model: keras.Model, ids: np.ndarray) -> Callable[[], None]:
    """One batch of what `predict` runs."""
    batches = iter(tf.data.Dataset.from_tensor_slices((ids,)).repeat().prefetch(2))
    model.make_predict_function()
    return lambda: np.asarray(model.predict_function([next(batches)]))


def floor_steps(shape: Shape, ids: np.ndarray) -> dict[str, Callable[[], Any]]:
    """Make, for the first batch, each part alone that a training step cannot do without."""
    distinct, index = np.unique(ids[0], return_inverse=True)
    layer = _text_cnn(shape)
    rows = tf.gather(layer.embeddings.value, distinct)
    matrix = tf.random.normal([DIMENSION, sum(shape.kernels) * shape.filters])
    table = rows @ matrix
    index = index.reshape(ids[0].shape)

    def products() -> Any:
        return (
            rows @ matrix,
            tf.matmul(table, matrix, transpose_b=True),
            tf.matmul(rows, table, transpose_a=True),
        )

    def gather() -> Any:
        maxima, before = [], 0
        for size in shape.kernels:
            windows = [index[:, offset : shape.tokens - size + 1 + offset] for offset in range(size)]
            first = [(before + offset) * shape.filters for offset in range(size)]
            parts = [table[:, column : column + shape.filters] for column in first]
            entries = [tf.gather(part, window) for part, window in zip(parts, windows, strict=True)]
            maxima.append(tf.reduce_max(tf.add_n(entries), axis=1))
            before += size
        return maxima

    def update() -> Any:
        layer.embeddings.value.scatter_sub(tf.IndexedSlices(rows, tf.constant(distinct)))
        return tf.constant(0)

    return {step.__name__: tf.function(step, autograph=False) for step in (products, gather, update)}


def in_turns(ways: dict[str, Callable[[], Any]], turns: int) -> dict[str, np.ndarray]:
    """Seconds of each way in each turn."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():  # warm up, and compile what is compiled
        for _ in range(BATCHES + 1):
            way()
    for _ in range(turns):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    return {name: np.array(values) for name, values in seconds.items()}


def peak_memory(shape: Shape, way: str) -> float:
    """Peak memory of training in a process of its own, MB."""
    command = [sys.executable, __file__, "--memory", way, json.dumps(shape)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)


def measure_memory(shape: Shape, way: str) -> float:
    before = _peak()
    extractor, optimizer = TRAINING[way]
    step = training_step(network(EXTRACTORS[extractor](shape), optimizer), *random_batches(shape))
    for _ in range(BATCHES):
        step()
    return _peak() - before


def _peak() -> float:
    """Read this process's peak memory, MB; `getrusage` would count that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024 / 1e6


def evaluate(shape: Shape, turns: int, memory: bool) -> dict[str, Any]:
    """Figures of one line of the table."""
    ids, labels = random_batches(shape)
    trained = {
        f"train {way}": training_step(network(EXTRACTORS[extractor](shape), optimizer), ids, labels)
        for way, (extractor, optimizer) in TRAINING.items()
    }
    extractors = {name: make(shape) for name, make in EXTRACTORS.items()}
    extractors["precomputed"] = extractors["ours"].precompute()
    predicting = {f"predict {way}": prediction_step(network(each), ids) for way, each in extractors.items()}
    floor = floor_steps(shape, ids)
    seconds = in_turns(trained | predicting | floor, turns)
    speeds = {name: round(shape.batch / float(np.median(seconds[name]))) for name in trained | predicting}
    ratios = {
        name: round(float(np.median(seconds[f"{name.split()[0]} stock"] / seconds[name])), 2)
        for name in ("train ours", "predict ours", "predict precomputed")
    }
    parts = {name: round(1e3 * float(np.median(seconds[name])), 2) for name in floor}
    over = round(float(np.median(seconds["train ours"] / sum(seconds[name] for name in floor))), 2)
    megabytes = {way: round(peak_memory(shape, way)) for way in ("stock", "ours") if memory}
    return {
        **shape._asdict(),
        "examples_per_second": speeds,
        "ratio": ratios,
        "floor_ms": parts,
        "step_over_floor": over,
        "peak_mb": megabytes,
    }


def line(result: dict[str, Any]) -> str:
    """Format a line of the table."""
    speed, ratio, over, peak = (
        result[name] for name in ("examples_per_second", "ratio", "step_over_floor", "peak_mb")
    )
    shape = "".join(f"{result[name]:>{width}}" for name, width in COLUMNS.items())
    return (
        f"{shape}{'+'.join(map(str, result['kernels'])):>6} {result['ids']:8}|"
        f"{speed['train stock']:>8,}{speed['train ours']:>8,}{ratio['train ours']:>6.2f}"
        f"{over:>6.2f}{speed['train bag']:>9,}|"
        f"{speed['predict stock']:>8,}{ratio['predict ours']:>6.2f}{ratio['predict precomputed']:>7.2f}"
        f"{speed['predict bag']:>10,}"
        f"|{peak.get('stock', 0):>6}{peak.get('ours', 0):>6}"
    )


def quality(seeds: int, epochs: int = 3) -> dict[str, list[float]]:
    """Measure AUROC on clothing reviews, with TextCNN and with stock layers of the same first weights."""
    examples = DATASETS["clothing_reviews"].examples()
    found: dict[str, list[float]] = {"stock": [], "ours": []}
    for seed in range(seeds):
        keras.utils.set_random_seed(seed)
        data = preprocess_data(
            examples.frame, examples.label, kinds=examples.kinds, positive=examples.positive, seed=seed
        )
        # Stock layers fail on a text shorter than the kernel, unless with this padding.
        ours = TextCNN(len(data.preprocessor.vocabularies["text"]), DIMENSION, padding="same")
        ours.build((None, None))
        for name, text, optimizer in (("stock", to_keras_layers(ours), "adam"), ("ours", ours, FusedAdam())):
            keras.utils.set_random_seed(seed)
            extractor = FeatureExtractor({"text": text}, dropout=0.5)
            model = build_model(
                data, extractor, build_predictor(ensemble_size=1), wide=False, optimizer=optimizer
            )
            model.fit(data.train, epochs=epochs, seed=seed, verbose=0)
            auroc = float(roc_auc_score(data.test.label, model.predict(data.test)))
            found[name].append(round(auroc, 4))
            print(f"clothing_reviews, seed {seed}, {epochs} epochs, {name}: AUROC {auroc:.4f}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="four lines, few turns, no memory: a minute or two"
    )
    parser.add_argument(
        "--quality", action="store_true", help="train on clothing_reviews instead, three seeds"
    )
    parser.add_argument("--turns", type=int, help="steps of each way; 20, or 6 if quick")
    parser.add_argument("--memory", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory:
        *numbers, kernels, ids = json.loads(options.memory[1])
        print(measure_memory(Shape(*numbers, tuple(kernels), ids), options.memory[0]))
        return
    if options.quality:
        auroc = quality(3)
        print(json.dumps({"benchmark": "extractor quality", "machine": machine(), "auroc": auroc}))
        return
    print(f"{'':42}|{'train, examples/s':^37}|{'predict, examples/s':^31}|{'peak MB':>12}")
    print(
        f"batch  len  vocabulary filt  size ids     |{'stock':>8}{'ours':>8}{'ratio':>6}"
        f"{'floor':>6}{'bag':>9}|{'stock':>8}{'ratio':>6}{'precomputed':>7}{'bag':>10}|{'stock':>6}{'ours':>6}"
    )
    results = []
    for shape in QUICK if options.quick else GRID:
        keras.utils.set_random_seed(0)
        results.append(evaluate(shape, options.turns or (6 if options.quick else 20), not options.quick))
        print(line(results[-1]), flush=True)
        keras.backend.clear_session()
    print(json.dumps({"benchmark": "extractor", "machine": machine(), "results": results}))


if __name__ == "__main__":
    main()
