"""What a version folder knows of its training says of new rows what the training rows themselves would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.drift import evaluate_drift
from intent_tf.evaluation.monitoring import FILE, TrainingReference, monitor

KINDS = {"price": "number", "month": "category", "pages": "sequence", "title": "text"}


def rows(seed: int, shift: float = 0.0, size: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "price": np.where(rng.random(size) < 0.1, np.nan, rng.normal(shift, 1, size)),
            "month": rng.choice(["May", "Nov", "7"], size),
            "pages": [["a"] * n for n in rng.integers(0, 9, size)],
            "title": rng.choice(["hat", "a red cap", ""], size),
        }
    )


@pytest.fixture
def reference(tmp_path: Path) -> TrainingReference:
    """As it comes back from its file."""
    train = rows(0)
    promised = np.random.default_rng(1).beta(1, 8, 500)
    TrainingReference.of(train, np.ones(2000), KINDS, promised, np.ones(500)).write(tmp_path)
    read = TrainingReference.read(tmp_path)
    assert read is not None
    return read


def check(reference: TrainingReference | None, frame: pd.DataFrame, factor: float | None, seed: int = 3):
    rng = np.random.default_rng(seed)
    promised = rng.beta(1, 8, len(frame))
    labels = None
    if factor is not None:
        labels = Predictions.unweighted(rng.random(len(frame)) < np.minimum(factor * promised, 1), promised)
    return monitor(reference, frame, promised, np.ones(len(frame)), labels)


def test_the_drift_is_that_from_the_training_rows(reference: TrainingReference) -> None:
    new, ones = rows(5, 0.7), np.ones(2000)
    assert check(reference, new, None).drift == evaluate_drift(rows(0), ones, new, ones, KINDS)


def test_rows_as_in_training_need_no_training(reference: TrainingReference) -> None:
    advice = check(reference, rows(6), 1.0).advice("shop")
    assert advice == "No need to retrain: the inputs are as in training and probabilities come true."


def test_shifted_inputs_are_a_reason(reference: TrainingReference) -> None:
    found = check(reference, rows(7, 1.5), 1.0)
    assert found.reasons == ["price shifted"]
    assert found.advice("shop").startswith("Retrain: price shifted (python -m intent_tf.train --update shop")


def test_promises_that_do_not_come_true_are_a_reason() -> None:
    reasons = check(None, rows(8), 2.0).reasons
    assert "bought where" in reasons[0] and "tenths miss what was promised" in reasons[1]


def test_probabilities_that_shifted_are_a_reason_without_labels(reference: TrainingReference) -> None:
    frame = rows(9)
    found = monitor(reference, frame, np.full(len(frame), 0.9), np.ones(len(frame)))
    assert found.reasons == ["the probabilities shifted"] and found.overall is None


def test_nothing_known_says_nothing() -> None:
    assert "nothing says whether to retrain" in check(None, rows(1), None).advice("shop")


def test_a_folder_without_the_file_tells_nothing(tmp_path: Path) -> None:
    assert TrainingReference.read(tmp_path) is None


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"columns": [{}]}')
    with pytest.raises(InputError, match=r"training\.json: cannot be read"):
        TrainingReference.read(tmp_path)
