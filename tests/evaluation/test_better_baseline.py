from __future__ import annotations

import numpy as np
import pytest

from intent_tf.data.predictions import Labels
from intent_tf.evaluation.better_baseline import BetterBaseline, find_better_baseline
from intent_tf.evaluation.metrics import evaluate_all

TRUTH = np.random.default_rng(0).uniform(size=900)
LABELS = Labels.unweighted(np.random.default_rng(1).uniform(size=900) < TRUTH)


def found(rows: int = 900, **probabilities: np.ndarray) -> BetterBaseline | None:
    labels = Labels.unweighted(LABELS.label[:rows])
    cut = {name: each[:rows] for name, each in probabilities.items()}
    metrics = evaluate_all(labels, cut, dict.fromkeys(cut, 0.5))
    return find_better_baseline(labels, cut, metrics.pop("intent_tf"), metrics)


def test_a_sentence_names_the_best_baseline_how_much_better_it_is_and_what_to_do() -> None:
    better = found(intent_tf=np.full(900, 0.5), oracle=TRUTH, near=0.9 * TRUTH + 0.05, rate=np.full(900, 0.4))
    assert better is not None and better.log_loss.low > 0
    sentence = str(better)
    assert sentence.startswith(
        f"oracle is better than the model: its log loss is {better.log_loss.difference:.4f}"
    )
    assert "Use it, or give the model" in sentence


def test_of_few_rows_it_is_said_that_chance_may_explain_it() -> None:
    one, other = (
        np.clip(TRUTH + np.random.default_rng(seed).normal(0, 0.2, 900), 0.01, 0.99) for seed in (2, 3)
    )
    better = found(30, intent_tf=one, oracle=other) or found(30, intent_tf=other, oracle=one)
    assert better is not None and "oracle may be better than the model" in str(better)


@pytest.mark.parametrize("baselines", [{}, {"rate": np.full(900, 0.5)}])
def test_a_model_that_loses_to_none_gets_no_sentence(baselines: dict[str, np.ndarray]) -> None:
    assert found(intent_tf=TRUTH, **baselines) is None


def test_weights_count() -> None:
    weight = np.where(LABELS.label == 1, 1000.0, 1.0)
    labels = Labels(LABELS.label, weight)
    probabilities = {"intent_tf": np.full(900, 0.5), "high": np.full(900, 0.99)}
    metrics = evaluate_all(labels, probabilities, dict.fromkeys(probabilities, 0.5))
    better = find_better_baseline(labels, probabilities, metrics.pop("intent_tf"), metrics)
    assert better is not None and better.name == "high"
