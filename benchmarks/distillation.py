"""Measures what a fast model learns from a fine-tuned BERT, on the clothing reviews.

    python benchmarks/distillation.py TEACHER_FOLDER [SEEDS] [RECOMBINED]

The teacher is what `train --dataset clothing_reviews --model bert` wrote: it has learnt from the same
training rows, and from no validation or test row. The student is the default model, trained on labels
alone and with the teacher. How (the teacher's share, up to RECOMBINED further rows made of each
training row's sentences, 3 unless given) is chosen by the validation log loss of the first seed; then
that way and labels alone are measured on the test rows, for all seeds. "Gain kept" is the student's gain in
AUROC over labels alone, over the teacher's. The last line is JSON.
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
from sklearn.metrics import log_loss, roc_auc_score

from intent_tf.columns.config import preprocessor_options
from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.columns.rows import Rows
from intent_tf.data.datasets import DATASETS
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.serving.loading import load_model
from intent_tf.training.distillation import with_teacher
from intent_tf.training.training import create_model, train_model

CONFIG = TrainingConfig(patience=2)
Way = tuple[float, int]
#: The teacher's share, recombined rows for each.
ALONE = (0.0, 0)
WAYS: tuple[Way, ...] = ((0.5, 0), (1.0, 0))


def student(data: PreparedData, train: Rows, seed: int) -> IntentModel:
    keras.utils.set_random_seed(seed)
    model = create_model(data, CONFIG)
    with tempfile.TemporaryDirectory() as folder:
        train_model(model, replace(data, train=train), CONFIG, Path(folder), seed=seed, verbose=0)
    return model


def figures(label: np.ndarray, probability: np.ndarray) -> tuple[float, float]:
    return float(roc_auc_score(label, probability)), float(log_loss(label, probability.astype(float)))


def say(*words: object) -> None:
    print(time.strftime("%H:%M:%S"), *words, file=sys.stderr, flush=True)


def main() -> None:
    seeds = range(int(sys.argv[2]) if len(sys.argv) > 2 else 3)
    recombined = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    teacher, examples = load_model(sys.argv[1]), DATASETS["clothing_reviews"].examples()
    data = preprocess_data(
        examples.frame,
        examples.label,
        kinds=examples.kinds,
        excluded=examples.excluded,
        plan=examples.plan,
        seed=0,
        **preprocessor_options(PreprocessingConfig(), examples),
    )
    taught = with_teacher(data, teacher, recombined=recombined).train
    say(f"the teacher scored {len(taught):,} rows")

    def trained(way: Way, seed: int) -> IntentModel:
        share, times = way
        learnt = taught.take(np.arange((1 + times) * len(data.train)))
        learnt.label[: len(data.train)] += (1 - share) * (data.train.label - learnt.label[: len(data.train)])
        return student(data, learnt, seed)

    ways = (*WAYS, *((1.0, times) for times in range(1, recombined + 1)))
    models, validation = {}, {}
    for way in (ALONE, *ways):
        models[way, 0] = trained(way, 0)
        validation[way] = figures(data.validation.label, models[way, 0].predict(data.validation))
        say(f"{way}: validation AUROC {validation[way][0]:.4f}, log loss {validation[way][1]:.4f}")
    best = min(ways, key=lambda way: validation[way][1])
    found = {"teacher": [figures(data.test.label, teacher.predict(data.test.frame))]}
    for way, name in ((ALONE, "labels alone"), (best, "with the teacher")):
        for seed in seeds:
            model = models.get((way, seed)) or trained(way, seed)
            found.setdefault(name, []).append(figures(data.test.label, model.predict(data.test)))
            say(
                f"{name}, seed {seed}: test AUROC {found[name][-1][0]:.4f}, log loss {found[name][-1][1]:.4f}"
            )
    print("the teacher's share {}, recombined rows: {}".format(*best))
    print(f"{'test rows':18}{'AUROC':>20}{'log loss':>20}")
    for name, values in found.items():
        level, spread = np.mean(values, axis=0), np.std(values, axis=0, ddof=len(values) > 1)
        print(f"{name:18}" + "".join(f"{a:11.4f} ± {b:.4f}" for a, b in zip(level, spread, strict=True)))
    auroc = {name: np.array(values)[:, 0] for name, values in found.items()}
    kept = (auroc["with the teacher"] - auroc["labels alone"]) / (auroc["teacher"] - auroc["labels alone"])
    print(f"gain kept: {kept.mean():.0%} (by seed: {', '.join(f'{each:.0%}' for each in kept)})")
    print(json.dumps({"validation": {str(way): value for way, value in validation.items()}, **found}))


if __name__ == "__main__":
    main()
