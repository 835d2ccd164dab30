"""Trains models of the net and writes what they predict, by the package that is first on the path.

    python tests/net/trained.py OUT CASE... [--api package_api_0_1]

Writes ``OUT/<case>.npz``, and prints where the package is.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from cases import CASES
from named_weights import named_weights

#: What the keys of the stored weights begin with.
WEIGHTS = "weights/"


def trained(name: str, api: Any) -> dict[str, np.ndarray]:
    """Train the model of a case.

    Args:
        name: Of the case.
        api: `package_api`, or that of another version.

    Returns:
        What is predicted of test rows, the threshold, the calibrator's kind, and every weight.
    """
    case, data = CASES[name], api.prepare(name, CASES[name])
    model = api.create(case, data)
    with tempfile.TemporaryDirectory() as folder:
        api.train(case, model, data, Path(folder))
    model = api.calibrated(case, model, data)
    weights = {WEIGHTS + key: weight.numpy() for key, weight in named_weights(api, model).items()}
    return {
        **predicted(name, api, model, api.kept_rows(data)),
        "threshold": np.float64(model.threshold),
        "calibrator": np.array(case.calibrator),
        **weights,
    }


def predicted(name: str, api: Any, model: Any, rows: Any) -> dict[str, np.ndarray]:
    """Predict rows in every way: ``rows`` (which ones), ``probabilities``, ``members``, ``actions``."""
    found = {
        "rows": rows.frame.index.to_numpy(),
        "probabilities": model.predict(rows.frame),
        "members": api.members(model, rows),
    }
    return found | ({"actions": api.actions(model, rows)} if CASES[name].graded else {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("cases", nargs="+", choices=CASES)
    parser.add_argument("--api", default="package_api")
    options = parser.parse_args()
    api = importlib.import_module(options.api)
    print(importlib.util.find_spec("intent_tf").origin)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.cases:
        np.savez_compressed(options.out / f"{name}.npz", **trained(name, api))


if __name__ == "__main__":
    main()
