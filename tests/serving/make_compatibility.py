"""Writes the model of this release into saved_models/compatibility/, once a release.

    python tests/serving/make_compatibility.py

It has columns of every kind, and golden requests and responses. Later versions of the package must load it
and give the same probabilities; see `test_compatibility.py`.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pandas as pd

from intent_tf.columns.prepared import preprocess_data
from intent_tf.layers.calibrator import Calibrator
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.serving import export_saved_model
from intent_tf.training.parts import fit_parts
from intent_tf.version import __version__

FOLDER = Path(__file__).parents[2] / "saved_models" / "compatibility"


def rows(count: int = 200) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    lengths = generator.integers(1, 6, count)
    kinds = ["search", "browse", "click", "detail", "cart"]
    pages = generator.poisson(5, count)
    return pd.DataFrame(
        {
            "pages": np.where(generator.random(count) < 0.1, np.nan, pages),
            "month": generator.choice(["May", "Nov", "Dec"], count),
            "region": generator.integers(1, 4, count),
            "title": generator.choice(["red lamp", "blue lamp", "a jacket", "手表"], count),
            "event_type": [generator.choice(kinds, length).tolist() for length in lengths],
            "elapsed": [generator.exponential(30, length).cumsum().tolist() for length in lengths],
            "price": [generator.uniform(5, 50, length).tolist() for length in lengths],
            "seen": pd.date_range("2024-01-01", periods=count, freq="7h").strftime("%d.%m.%Y %H:%M"),
            "tags": [
                ";".join(generator.choice(["new", "sale", "gift", "eco"], size, replace=False))
                for size in generator.integers(0, 4, count)
            ],
            "bought": (pages + generator.normal(0, 1, count) > 5).astype(int),
        }
    )


def main() -> None:
    keras.utils.set_random_seed(0)
    kinds = {"pages": "number", "month": "category", "region": "category", "title": "text"}
    data = preprocess_data(rows(), "bought", kinds=kinds)
    extractor = build_feature_extractor(data, output_dim=8, filters=8)
    model = build_model(data, extractor, build_predictor(units=(8,), ensemble_size=4))
    for weight in model.trainable_variables:
        if weight.shape[0] > 10_000:
            continue  # the hashed bigrams stay at zero, which packs into nothing
        weight.assign_add(keras.random.normal(weight.shape, stddev=0.3))
    calibrator = Calibrator("platt")
    calibrator.build((None,))
    calibrator.scale.assign(1.3)
    model = fit_parts(model, data, ("trees", "linear")).model.with_calibration(calibrator, 0.5)
    assert model.stack is not None
    folder = FOLDER / __version__
    export_saved_model(model, folder)
    model.save(folder / "model.keras")
    print(folder)


if __name__ == "__main__":
    main()
