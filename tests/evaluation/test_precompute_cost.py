"""The cost of folding is what the precomputed model does on the rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from intent_tf.data.predictions import Predictions
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.precompute_cost import precompute_cost
from intent_tf.models.precomputed_model import precompute_extractors


def test_folding_in_float32_costs_nothing(shop_model, shop_data) -> None:
    cost = precompute_cost(shop_model, shop_data.test, "float32")
    assert cost.largest_change < 1e-6
    assert cost.auroc[0] == cost.auroc[1]


@pytest.mark.parametrize("storage", ["bfloat16", "int8"])
def test_the_cost_of_a_smaller_table_is_told(shop_model, shop_data, storage: str) -> None:
    rows = shop_data.test
    cost = precompute_cost(shop_model, rows, storage)
    probability = precompute_extractors(shop_model, storage).predict(rows)
    assert 0 < cost.largest_change == np.abs(probability - shop_model.predict(rows)).max()
    assert cost.log_loss[1] == evaluate(Predictions.unweighted(rows.label, probability)).log_loss


def test_weights_count_in_the_figures(shop_model, shop_data) -> None:
    weight = np.linspace(0.5, 4, len(shop_data.test)).astype(np.float32)
    rows = replace(shop_data.test, weight=weight)
    expected = evaluate(Predictions(rows.label, shop_model.predict(rows), weight))
    cost = precompute_cost(shop_model, rows, "float32")
    assert (cost.auroc[0], cost.log_loss[0]) == (expected.auroc, expected.log_loss)
