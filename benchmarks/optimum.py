"""Measures how near the default model comes to the best that any model could: the simulated shop knows.

    python benchmarks/optimum.py [--sessions 200000] [--epochs 40] [--seed 0]

The simulated shop is a hidden Markov model, so the forward algorithm gives the exact probability of a
purchase at each prediction time. Printed is the model's log loss on test rows over that of the exact
probabilities on the same rows; the aim at 200,000 sessions is 1.02 at most.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import keras

from intent_tf.columns.config import preprocessor_options
from intent_tf.columns.prepared import preprocess_data
from intent_tf.evaluation.evaluation import evaluate_model
from intent_tf.evaluation.table import metrics_table
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.parts import fit_parts
from intent_tf.training.source import load_examples
from intent_tf.training.training import create_model, train_model


def measure_distance(sessions: int, training: TrainingConfig, seed: int) -> dict[str, float]:
    started = time.perf_counter()
    keras.utils.set_random_seed(seed)
    examples = load_examples(SourceConfig(sessions=sessions), seed=seed, tell=print)
    data = preprocess_data(
        examples.frame,
        examples.label,
        kinds=examples.kinds,
        excluded=examples.excluded,
        plan=examples.plan,
        seed=seed,
        **preprocessor_options(PreprocessingConfig(), examples),
    )
    prepared = time.perf_counter()
    print(f"{len(data.train):,} training rows, prepared in {prepared - started:.0f} s", flush=True)
    model = create_model(data, training)
    with tempfile.TemporaryDirectory() as folder:
        train_model(model, data, training, Path(folder), seed=seed, verbose=2)
    model, held_out = fit_parts(model, data, training.fitted_parts, seed)
    trained = time.perf_counter()
    metrics = evaluate_model(model, data, examples, seed=seed, held_out=held_out).metrics
    print(metrics_table(metrics.test, metrics.baselines, metrics.optimum))
    return {
        "sessions": sessions,
        "train_rows": len(data.train),
        "log_loss": metrics.test.log_loss,
        "optimum": metrics.optimum.log_loss,
        "ratio": metrics.test.log_loss / metrics.optimum.log_loss,
        "training_seconds": round(trained - prepared, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=200_000)
    parser.add_argument("--epochs", type=int, default=TrainingConfig().epochs)
    parser.add_argument("--batch-size", type=int, default=TrainingConfig().batch_size)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    training = TrainingConfig(epochs=given.epochs, batch_size=given.batch_size)
    print(json.dumps(measure_distance(given.sessions, training, given.seed)))


if __name__ == "__main__":
    main()
