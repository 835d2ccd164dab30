from __future__ import annotations

import numpy as np
import pytest

from intent_tf.evaluation.actions import evaluate_actions


def test_weights_count_like_repeated_rows() -> None:
    rng = np.random.default_rng(0)
    grade, train = rng.integers(4, size=60) / 3, rng.integers(4, size=90) / 3
    probabilities = rng.dirichlet(np.ones(4), 60)
    weight, train_weight = rng.integers(1, 4, 60), rng.integers(1, 4, 90)
    weighted = evaluate_actions(grade, weight, probabilities, train, train_weight)
    often, train_often = np.repeat(grade, weight), np.repeat(train, train_weight)
    repeated = evaluate_actions(
        often,
        np.ones(len(often)),
        np.repeat(probabilities, weight, axis=0),
        train_often,
        np.ones(len(train_often)),
    )
    assert weighted.log_loss == pytest.approx(repeated.log_loss)
    assert weighted.log_loss_of_rates == pytest.approx(repeated.log_loss_of_rates)
