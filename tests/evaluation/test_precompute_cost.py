"""The cost of folding is what the precomputed model does on the rows."""

from __future__ import annotations

import numpy as np
import pytest

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
    assert cost.log_loss[1] == evaluate(rows.label, probability).log_loss
