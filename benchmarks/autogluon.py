"""AutoGluon on the folds that `compare` makes, in an environment of its own: it is no dependency of ours.

    python -m venv ag && ag/bin/pip install 'autogluon.tabular[catboost,lightgbm,xgboost]' pyarrow
    python benchmarks/autogluon.py --python ag/bin/python --dataset online_shoppers [--drop PageValues]
    python benchmarks/autogluon.py --python ag/bin/python --data t.csv --label y [--test-data u.csv]

It gets the raw columns of train and validation rows, `best_quality` and 240 seconds a fold. Printed are
AUROC, AUPRC and log loss of each fold and their means, seconds, and milliseconds for one raw row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LABEL = "label of the row"


def fit(train: Path, test: Path, seconds: int) -> None:
    """Fit and test in AutoGluon's environment; the last line is JSON."""
    import pandas as pd
    from autogluon.tabular import TabularPredictor
    from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

    rows, tested = pd.read_parquet(train), pd.read_parquet(test)
    predictor = TabularPredictor(_LABEL, eval_metric="log_loss", path=str(train.with_suffix("")), verbosity=0)
    started = time.perf_counter()
    predictor.fit(rows, presets="best_quality", time_limit=seconds)
    fitted = time.perf_counter() - started
    label, probability = tested[_LABEL], predictor.predict_proba(tested)[1]
    one, times = tested.drop(columns=_LABEL).head(1), []
    for _ in range(5):
        started = time.perf_counter()
        predictor.predict_proba(one)
        times.append(time.perf_counter() - started)
    found = {
        "auroc": roc_auc_score(label, probability),
        "auprc": average_precision_score(label, probability),
        "log_loss": log_loss(label, probability),
        "seconds": fitted,
        "milliseconds_a_row": 1e3 * sorted(times)[2],
    }
    print(json.dumps(found))


def folds(options: argparse.Namespace) -> Iterator[tuple[Any, Any]]:
    """Make the rows to learn from and to test of each fold, as `compare` does."""
    import numpy as np
    import pandas as pd

    from intent_tf.data.cleaning import clean
    from intent_tf.data.labels import label_rule, read_labels
    from intent_tf.evaluation.folds import fold_parts
    from intent_tf.options.source import SourceConfig
    from intent_tf.training.source import load_examples

    source = SourceConfig(
        dataset=options.dataset, data=options.data, label=options.label, test_data=options.test_data
    )
    examples = load_examples(source)
    frame, _ = clean(examples.frame, examples.label)
    rule = label_rule(frame[examples.label], examples.label, examples.positive)

    def numeric(cells: Any) -> Any:
        """Take the cells of a text file for numbers where all of them are, as `pandas.read_csv` does."""
        try:
            return pd.to_numeric(cells)
        except (ValueError, TypeError):
            return cells

    def rows(part: Any) -> Any:
        label = read_labels(part[examples.label], examples.label, *rule).astype(int)
        unknown = [examples.label, *examples.excluded, *options.drop]
        columns = part.drop(columns=[name for name in unknown if name in part])
        return columns.apply(numeric).assign(**{_LABEL: label})

    if examples.test is not None:
        yield rows(frame), rows(examples.test)
        return
    label = read_labels(frame[examples.label], examples.label, *rule)
    for part in fold_parts(label, options.folds, seed=0):
        tested = np.asarray(part) == "test"
        yield rows(frame[~tested]), rows(frame[tested])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--python", help="of the environment that has AutoGluon")
    parser.add_argument("--dataset")
    parser.add_argument("--data")
    parser.add_argument("--test-data")
    parser.add_argument("--label")
    parser.add_argument("--drop", type=lambda names: names.split(","), default=[])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--fit", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit:
        fit(*options.fit, options.seconds)
        return
    found = []
    for train, test in folds(options):
        with tempfile.TemporaryDirectory() as folder:
            paths = [str(Path(folder, name)) for name in ("train.parquet", "test.parquet")]
            for rows, path in zip((train, test), paths, strict=True):
                rows.to_parquet(path, index=False)
            # Not with this folder among the paths, in which this file has the name of the package.
            command = [options.python, "-P", __file__, "--seconds", str(options.seconds), "--fit", *paths]
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
        print(found[-1], flush=True)
    mean = {name: sum(each[name] for each in found) / len(found) for name in found[0]}
    print("mean:", {name: round(value, 4) for name, value in mean.items()}, file=sys.stdout)


if __name__ == "__main__":
    main()
