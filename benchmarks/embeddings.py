"""A hashed table of tokens against a full one: quality and parameters.

    python benchmarks/embeddings.py [--seeds 3] [--epochs 4] [--sizes 4,20]

Trains the convolution alone (no wide part, which would hide the table) on the clothing reviews, with a full
table and with hashed tables of a fraction of its rows. Each seed has its own first
weights and order of rows; the weights of the epoch with the lowest validation log loss are measured on the
test rows, beside the constant rate. A line a training, means at the end, JSON as the last line.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from machine import machine
from sklearn.metrics import log_loss

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.datasets import DATASETS
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.training.partwise_adam import PartwiseAdam


def train(data: PreparedData, fraction: int, seed: int, epochs: int) -> dict[str, Any]:
    keras.utils.set_random_seed(seed)
    rows = len(data.preprocessor.vocabularies["text"])
    extractor = build_feature_extractor(data, token_buckets=-(-rows // fraction) if fraction > 1 else None)
    predictor = build_predictor(ensemble_size=4, prior=float(data.train.label.mean()))
    optimizer = PartwiseAdam(3e-3, [(extractor.parts["text"], 0.2)], use_ema=True, ema_momentum=0.99)
    model = build_model(data, extractor, predictor, wide=False, optimizer=optimizer)
    best = keras.callbacks.EarlyStopping("val_log_loss", mode="min", restore_best_weights=True, patience=2)
    average = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    started = time.perf_counter()
    history = model.fit(
        data.train,
        validation_data=data.validation,
        epochs=epochs,
        seed=seed,
        verbose=0,
        callbacks=[average, best],
    ).history
    seconds = time.perf_counter() - started
    found = model.evaluate(data.test, return_dict=True, verbose=0)
    text = extractor.parts["text"]
    tables = [text.embeddings] if text.embedding is None else text.embedding.weights
    return {
        "fraction": fraction,
        "seed": seed,
        "auroc": found["auroc"],
        "log_loss": found["log_loss"],
        "validation_log_loss": min(history["val_log_loss"]),
        "table_parameters": sum(int(np.prod(table.shape)) for table in tables),
        "seconds_an_epoch": seconds / len(history["loss"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--sizes", default="4,20", help="the small tables have a row for so many tokens")
    options = parser.parse_args()
    source = DATASETS["clothing_reviews"].examples()
    data = preprocess_data(
        source.frame,
        source.label,
        kinds=source.kinds,
        excluded=source.excluded,
        plan=source.plan,
        positive=source.positive,
        drop=[],
    )
    rate = float(data.train.label.mean())
    constant = log_loss(data.test.label, np.full(len(data.test), rate))
    fractions = [1, *map(int, options.sizes.split(","))]
    found = []
    for seed in range(options.seeds):
        for fraction in fractions:
            found.append(train(data, fraction, seed, options.epochs))
            print(json.dumps(found[-1]), flush=True)
    print(f"\nconstant rate: log loss {constant:.4f}")
    print(f"{'table':<20}{'rows 1 in':>10}{'parameters':>12}{'AUROC':>16}{'log loss':>16}{'s/epoch':>9}")
    for fraction in fractions:
        own = [each for each in found if each["fraction"] == fraction]
        auroc, loss, time_ = (
            np.array([each[name] for each in own]) for name in ("auroc", "log_loss", "seconds_an_epoch")
        )
        print(
            f"{'full' if fraction == 1 else 'hashed':<20}{fraction:>10}{own[0]['table_parameters']:>12,}"
            f"{auroc.mean():>9.4f} ±{auroc.std():.4f}"
            f"{loss.mean():>9.4f} ±{loss.std():.4f}{np.median(time_):>9.1f}"
        )
    print(json.dumps({"machine": machine(), "constant_log_loss": constant, "runs": found}))


if __name__ == "__main__":
    main()
