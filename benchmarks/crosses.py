"""A table of categories that act only together, beside the best that anybody could predict.

    python benchmarks/crosses.py --seeds 0 1 2          # two to three minutes each on two cores

The label's logit is a number, and what two pairs and a triple of five categories say: alone, no category says
anything. The reference is a logistic regression that is told the crosses and learns their 376 effects from
the same rows; the optimum knows the effects, too.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool
from many_values import learnt, lightgbm_on_raw_columns, tell
from scipy.special import expit
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import OneHotEncoder

ROWS = {"train": 14_400, "validation": 1_600, "test": 20_000}
SIZES = {"device": 8, "month": 12, "channel": 6, "region": 8, "segment": 5}
CROSSES = {("device", "region"): 0.9, ("channel", "month"): 0.9, ("region", "channel", "segment"): 0.8}


def table(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table, and the optimal probability of its test rows."""
    rng, count = np.random.default_rng(seed), sum(ROWS.values())
    ids = {name: rng.integers(size, size=count) for name, size in SIZES.items()}
    price = rng.normal(size=count)
    logit = 0.4 * price - 0.5
    for names, strength in CROSSES.items():
        effects = rng.normal(size=[SIZES[name] for name in names])
        for axis in range(len(names)):  # alone, a category says nothing
            effects -= effects.mean(axis=axis, keepdims=True)
        logit += strength * effects[tuple(ids[name] for name in names)]
    label = rng.random(count) < expit(logit)
    cells = {name: np.char.add(name[0], each.astype(str)).astype(object) for name, each in ids.items()}
    frame = pd.DataFrame({**cells, "price": price, "bought": label.astype(int)})
    frame["part"] = np.repeat(list(ROWS), list(ROWS.values()))
    return frame, expit(logit)[-ROWS["test"] :]


def catboost_on_raw_columns(frame: pd.DataFrame, seed: int) -> np.ndarray:
    """Predict the test rows by CatBoost and its statistics of combinations, stopped by validation rows."""
    columns, categories = frame.drop(columns=["bought", "part"]), list(SIZES)
    pools = {
        part: Pool(columns[rows], frame["bought"][rows], cat_features=categories)
        for part, rows in ((part, (frame["part"] == part).to_numpy()) for part in ROWS)
    }
    model = CatBoostClassifier(
        iterations=3000, learning_rate=0.05, early_stopping_rounds=50, random_seed=seed, verbose=False
    )
    model.set_params(allow_writing_files=False)
    model.fit(pools["train"], eval_set=pools["validation"])
    return model.predict_proba(pools["test"])[:, 1]


def reference(frame: pd.DataFrame) -> np.ndarray:
    """Predict the test rows by a logistic regression that is told which categories act together."""
    crossed = pd.DataFrame({" × ".join(names): frame[list(names)].agg(" ".join, axis=1) for names in CROSSES})
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit_transform(crossed)
    columns, test = np.column_stack([frame["price"], one_hot]), (frame["part"] == "test").to_numpy()
    model = LogisticRegressionCV(
        Cs=[0.03, 0.1, 0.3, 1.0],
        cv=5,
        l1_ratios=(0,),
        scoring="neg_log_loss",
        max_iter=1000,
        use_legacy_attributes=False,
    )
    return model.fit(columns[~test], frame["bought"][~test]).predict_proba(columns[test])[:, 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    options = parser.parse_args()
    for seed in options.seeds:
        frame, best = table(seed)
        label = frame["bought"][frame["part"] == "test"].to_numpy()
        least = log_loss(label, best)
        print(f"seed {seed}: optimum {least:.4f}, AUROC {roc_auc_score(label, best):.4f}", flush=True)
        started = time.perf_counter()
        all_parts, shares = learnt(frame, ("network", "trees", "linear"), seed)
        print(f"  intent_tf took {time.perf_counter() - started:.0f} s, parts {shares}", flush=True)
        found = {
            "intent_tf": all_parts,
            "told the crosses": reference(frame),
            "CatBoost": catboost_on_raw_columns(frame, seed),
            "LightGBM": lightgbm_on_raw_columns(frame, seed),
            "network alone": learnt(frame, ("network",), seed)[0],
        }
        for name, each in found.items():
            tell(name, label, each, least, "optimum")


if __name__ == "__main__":
    main()
