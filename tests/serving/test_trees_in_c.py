"""Trees in TensorFlow's C++ loader give what they give in Python."""

from __future__ import annotations

import keras
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from intent_tf.layers import TreeEnsemble
from intent_tf.trees import read_trees


def test_the_loader_gives_the_librarys_probabilities(tmp_path, load_in_c) -> None:
    rows = np.random.default_rng(0).normal(size=(500, 6)).round(1).astype("float32")
    rows[::7, 0] = np.nan
    own = HistGradientBoostingClassifier(max_iter=10).fit(rows, np.nan_to_num(rows[:, 0]) > rows[:, 1])
    inputs = keras.Input((6,), name="rows")
    model = keras.Model(inputs, {"probability": keras.ops.sigmoid(TreeEnsemble(read_trees(own))(inputs))})
    model.export(tmp_path, verbose=False)
    found = load_in_c(tmp_path).run({"rows": rows})["probability"]
    np.testing.assert_allclose(found, own.predict_proba(rows)[:, 1], rtol=0, atol=1e-6)
