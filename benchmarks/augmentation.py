"""Measures what each augmentation buys on real reviews, with its spread over seeds.

    python benchmarks/augmentation.py

A small subset, since augmentation matters where rows are few: 2,000 clothing reviews train and validate,
8,000 others test. For each seed, every way starts from the same weights and split; gains are differences to
no augmentation, taken seed by seed. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.datasets import DATASETS
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model, train_model

SEEDS, TRAIN, TEST = 3, 2000, 8000
WAYS: dict[str, dict[str, float]] = {
    "none": {},
    "token_dropout=0.1": {"token_dropout": 0.1},
    "token_dropout=0.3": {"token_dropout": 0.3},
    "swap=0.1": {"swap": 0.1},
    "label_flip=0.1": {"label_flip": 0.1},
    "label_flip=0.1, uncorrected": {"label_flip": 0.1},
}
CONFIG = {"epochs": 12, "patience": 3, "batch_size": 128, "filters": 32, "output_dim": 32, "ensemble_size": 4}


def trained(data: PreparedData, way: str, seed: int) -> IntentModel:
    config = TrainingConfig(**CONFIG, augment=WAYS[way])  # type: ignore[arg-type]
    keras.utils.set_random_seed(seed)
    model = create_model(data, config)
    if way.endswith("uncorrected"):
        metrics = [keras.metrics.BinaryCrossentropy(name="log_loss"), keras.metrics.AUC(name="auroc")]
        model.compile(optimizer=model.optimizer, loss="binary_crossentropy", metrics=metrics)
    with tempfile.TemporaryDirectory() as folder:
        train_model(model, data, config, Path(folder), seed=seed, verbose=0)
    return model


def main() -> None:
    examples = DATASETS["clothing_reviews"].examples()
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for seed in range(SEEDS):
        frame = examples.frame.sample(TRAIN + TEST, random_state=seed)
        data = preprocess_data(
            frame.head(TRAIN),
            examples.label,
            kinds=examples.kinds,
            excluded=examples.excluded,
            positive=examples.positive,
            test=frame.tail(TEST),
            seed=seed,
        )
        for way in WAYS:
            probability = trained(data, way, seed).predict(data.test).clip(1e-6, 1 - 1e-6)
            found[way].append(
                (roc_auc_score(data.test.label, probability), log_loss(data.test.label, probability))
            )
            print(f"seed {seed}  {way:30}{found[way][-1][0]:8.4f}{found[way][-1][1]:8.4f}", file=sys.stderr)

    columns = (
        ("AUROC", 8),
        ("± sd", 8),
        ("gain", 9),
        ("± sd", 8),
        ("log loss", 10),
        ("gain", 9),
        ("± sd", 8),
    )
    print(f"{'augmentation':30}" + "".join(f"{name:>{width}}" for name, width in columns))
    table = {}
    for way, values in found.items():
        figures, plain = np.array(values), np.array(found["none"])
        gain = figures - plain
        mean, spread, level = gain.mean(0), gain.std(0, ddof=1), figures.mean(0)
        table[way] = {"auroc": figures[:, 0].tolist(), "log_loss": figures[:, 1].tolist()}
        print(
            f"{way:30}{level[0]:8.4f}{figures[:, 0].std(ddof=1):8.4f}{mean[0]:+9.4f}{spread[0]:8.4f}"
            f"{level[1]:10.4f}{-mean[1]:+9.4f}{spread[1]:8.4f}"
        )
    print(json.dumps(table))


if __name__ == "__main__":
    main()
