"""A table with an id of 5,000 values, beside the best that can be learnt from the same rows.

    python benchmarks/many_values.py --seeds 0 1            # two to five minutes each on two cores
    python benchmarks/many_values.py --parts network --noise

The label's logit is a function of two numbers and a category, which the reference knows, plus an effect of
the id, standard normal, which it learns from the training rows: its prediction is the mean of the
probability over what those rows leave open (a mixed-effects model's posterior, by quadrature). So it is the
least log loss that there can be. One more figure is that of rows with ids that no training row has.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from itertools import product

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier, early_stopping
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.predictions import Labels, Predictions
from intent_tf.data.splitting import SplitPlan
from intent_tf.options.training import TrainingConfig
from intent_tf.training.calibration import fit_calibrator
from intent_tf.training.parts import fit_parts
from intent_tf.training.training import create_model, train_model

VALUES, ROWS = 5_000, {"train": 20, "validation": 2, "test": 10}


def table(seed: int, noise: bool = False) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table, and the part of each row's logit that the reference knows."""
    rng = np.random.default_rng(seed)
    part = np.repeat(list(ROWS), [VALUES * rows for rows in ROWS.values()])
    index = np.concatenate([np.repeat(np.arange(VALUES), rows) for rows in ROWS.values()])
    new = np.flatnonzero(part == "test")[::10]  # a tenth of the test rows have ids of their own
    (price, age), device = rng.normal(size=(2, len(index))), rng.integers(4, size=len(index))
    known = -1 + 0.8 * price + np.abs(age) - 0.5 * (device == 1) + 0.7 * (device == 2) * price
    effect = rng.normal(size=VALUES)[index]
    effect[new] = rng.normal(size=len(new))
    label = rng.uniform(size=len(index)) < (0.3 if noise else expit(known + effect))
    ids = np.char.add("c", (10_000 + 7 * index).astype(str)).astype(object)
    ids[new] = [f"n{row}" for row in new]
    columns = {"coupon": ids, "price": price, "age": age, "device": np.array(list("abcd"))[device]}
    return pd.DataFrame({**columns, "bought": label.astype(int), "part": part}), known


def reference(frame: pd.DataFrame, known: np.ndarray) -> np.ndarray:
    """Predict each row by the posterior mean over the effect of its id."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    codes, _ = frame["coupon"].factorize()
    train, label = (frame["part"] == "train").to_numpy(), frame["bought"].to_numpy()
    z = known[:, None] + nodes
    each = np.where(label[:, None] == 1, -np.logaddexp(0, -z), -np.logaddexp(0, z))
    posterior = np.tile(np.log(weights), (codes.max() + 1, 1))
    np.add.at(posterior, codes[train], each[train])
    posterior = np.exp(posterior - posterior.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    return (posterior[codes] * expit(z)).sum(axis=1)


def learnt(frame: pd.DataFrame, parts: tuple[str, ...], seed: int) -> tuple[np.ndarray, dict[str, float]]:
    """Train as `train` does; return probabilities of the test rows, and how much each part counts."""
    keras.utils.set_random_seed(seed)
    data = preprocess_data(
        frame, "bought", plan=SplitPlan(column="part", column_is_random=True), seed=seed, verbose=False
    )
    config = TrainingConfig(parts=parts)
    model = create_model(data, config)
    with tempfile.TemporaryDirectory() as folder:
        train_model(model, data, config, folder, seed=seed, verbose=0)
    model, held_out = fit_parts(model, data, config.fitted_parts, seed)
    labels = Labels(data.validation.label, data.validation.weight)
    calibrator, _ = fit_calibrator(Predictions.of(labels, held_out))
    return calibrator(model.predict(data.test)), {} if model.stack is None else model.stack.shares()


def lightgbm_on_raw_columns(frame: pd.DataFrame, seed: int) -> np.ndarray:
    """Predict the test rows by LightGBM, stopped by the validation rows, categories as such."""
    columns = frame.drop(columns=["bought", "part"])
    columns = columns.astype(dict.fromkeys(columns.select_dtypes(exclude="number"), "category"))
    of = {part: (frame["part"] == part).to_numpy() for part in ROWS}
    rows = {part: (columns[chosen], frame["bought"][chosen]) for part, chosen in of.items()}
    model = LGBMClassifier(
        n_estimators=2000, learning_rate=0.05, num_leaves=15, random_state=seed, verbose=-1
    )
    model.fit(*rows["train"], eval_set=[rows["validation"]], callbacks=[early_stopping(50, verbose=False)])
    return model.predict_proba(rows["test"][0])[:, 1]


def tell(name: str, label: np.ndarray, probability: np.ndarray, least: float, best: str) -> None:
    """Print how far above the least log loss that there can be a model is."""
    loss, auroc = log_loss(label, probability), roc_auc_score(label, probability)
    excess = f"{loss / least - 1:+.1%} above the {best}"
    print(f"  {name}: log loss {loss:.4f} ({excess}), AUROC {auroc:.4f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parts", nargs="+", default=["network", "trees", "linear"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--noise", action="store_true", help="labels that depend on nothing")
    options = parser.parse_args()
    for seed in options.seeds:
        frame, known = table(seed, options.noise)
        test = (frame["part"] == "test").to_numpy()
        new = frame["coupon"].str.startswith("n").to_numpy()[test]
        label = frame["bought"].to_numpy()[test]
        best = np.full(len(label), 0.3) if options.noise else reference(frame, known)[test]
        started = time.perf_counter()
        probability, shares = learnt(frame, tuple(options.parts), seed)
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s, parts {shares}")
        found = {"intent_tf": probability, "LightGBM": lightgbm_on_raw_columns(frame, seed)}
        for (name, each), (which, rows) in product(found.items(), {"known": ~new, "new": new}.items()):
            least = log_loss(label[rows], best[rows])
            tell(f"{name}, {which} ids", label[rows], each[rows], least, "reference")


if __name__ == "__main__":
    main()
