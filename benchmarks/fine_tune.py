"""Fine-tunes a BERT on the clothing reviews and measures it on their test rows, frozen and with all weights.

    python benchmarks/fine_tune.py FOLDER_OF_THE_ENCODER [TRAINING_ROWS]

The split is the one of `train --dataset clothing_reviews`. With fewer training rows than there are, the first
ones of the split are taken, and the linear model beside it learns from the same ones.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline

from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.datasets import DATASETS
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.fine_tuning import fine_tune
from intent_tf.training.open_encoder import open_encoder
from intent_tf.training.training import create_model

TRAINING = TrainingConfig(epochs=20, patience=3)


def main() -> None:
    config = EncoderConfig(encoder=sys.argv[1])
    keras.utils.set_random_seed(0)
    encoder, examples = open_encoder(config), DATASETS["clothing_reviews"].examples()
    data = preprocess_data(
        examples.frame,
        examples.label,
        kinds=examples.kinds,
        excluded=examples.excluded,
        plan=examples.plan,
        seed=0,
        subwords=encoder.subwords,
    )
    if len(sys.argv) > 2:
        data = replace(data, train=data.train.take(np.arange(int(sys.argv[2]))))
    texts = {
        name: (getattr(data, name).frame[["Title", "Review Text"]].fillna("").agg("\n".join, axis=1))
        for name in ("train", "test")
    }
    linear = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), LogisticRegression(C=10))
    linear.fit(texts["train"], data.train.label)
    probabilities = {"linear model": linear.predict_proba(texts["test"])[:, 1]}
    model = create_model(data, TRAINING, encoder)
    seconds = {}
    for tuning in ("frozen", "all"):
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            fine_tune(model, data, TRAINING, replace(config, tuning=tuning), Path(folder), verbose=2)
        seconds[tuning] = time.perf_counter() - started
        probabilities[f"encoder, {tuning}"] = model.predict(data.test)
        print(tuning, roc_auc_score(data.test.label, probabilities[f"encoder, {tuning}"]), flush=True)
    print(f"{'model':20}{'AUROC':>9}{'AUPRC of no':>13}")
    figures = {"rows": len(data.train), "seconds": {key: round(value) for key, value in seconds.items()}}
    for name, probability in probabilities.items():
        auroc = roc_auc_score(data.test.label, probability)
        auprc = average_precision_score(1 - data.test.label, 1 - probability)
        figures[name] = {"auroc": round(float(auroc), 4), "auprc_of_no": round(float(auprc), 4)}
        print(f"{name:20}{auroc:9.4f}{auprc:13.4f}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
