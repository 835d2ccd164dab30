"""The columns to watch are compared as the graph reads them, however a file writes them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.columns.inference import infer_specification
from intent_tf.columns.watched_columns import watched_frame, watched_kinds

TRAIN = pd.DataFrame(
    {
        "region": ["1", "2", "3"] * 20,
        "weight": ["1,5 kg", "2 kg", ""] * 20,
        "ordered": ["2024-01-05", "2024-02-07", "2024-03-01"] * 20,
        "page": [["a", "b"], ["a"], []] * 20,
        "seconds": [[1.0, 2.0], [1.0], []] * 20,
        "bought": [0, 1, 0] * 20,
    }
)
SPECIFICATION = infer_specification(TRAIN, "bought", kinds={"region": "category"})


def test_dates_and_further_lists_are_not_watched() -> None:
    assert list(watched_kinds(SPECIFICATION)) == ["region", "weight", "page"]


def test_codes_are_alike_in_any_type() -> None:
    other = TRAIN.assign(region=TRAIN["region"].astype(float).where(TRAIN.index > 0))
    assert watched_frame(TRAIN, SPECIFICATION)["region"].tolist()[:3] == ["1", "2", "3"]
    assert watched_frame(other, SPECIFICATION)["region"].tolist()[:3] == ["", "2", "3"]


def test_numbers_are_read_as_in_training() -> None:
    np.testing.assert_array_equal(watched_frame(TRAIN, SPECIFICATION)["weight"][:3], [1.5, 2, np.nan])
