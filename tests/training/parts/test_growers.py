"""The libraries that grow trees: their trees in the graph say what they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from intent_tf.data.predictions import Labels
from intent_tf.layers import TreeEnsemble
from intent_tf.training.parts.boosting import Grower, TreeTable
from intent_tf.training.parts.leafwise_trees import LeafwiseTrees
from intent_tf.training.parts.symmetric_trees import SymmetricTrees


def table_of(rows: int, seed: int) -> TreeTable:
    """A number of which some are missing, and ids of which most are not there."""
    rng = np.random.default_rng(seed)
    numbers, ids = rng.normal(size=rows), rng.choice([0, 2, 5, 11], rows)
    label = rng.uniform(size=rows) < expit(2 * numbers * np.where(ids == 5, -1, 1))
    numbers[rng.uniform(size=rows) < 0.1] = np.nan
    return TreeTable(np.float32(np.column_stack([numbers, ids])), 1, Labels.unweighted(label))


@pytest.mark.parametrize("grower", [SymmetricTrees(), LeafwiseTrees()], ids=lambda each: each.name)
def test_trees_as_arrays_say_what_the_library_says(grower: Grower) -> None:
    trees, model = grower.regrow(grower.sizes[0], 20, table := table_of(500, 0), seed=0)
    new = table_of(200, 1)
    if isinstance(grower, LeafwiseTrees):
        expected = model.decision_function(new.columns)
    else:
        ids = new.columns.astype(object)
        ids[:, 1] = new.columns[:, 1].astype(int)
        expected = model.predict(ids, prediction_type="RawFormulaVal")
    np.testing.assert_allclose(TreeEnsemble(trees)(new.columns), expected, rtol=0, atol=1e-6)
    assert len(np.unique(expected)) > 10 and table.ids == 1


@pytest.mark.parametrize("grower", [SymmetricTrees(), LeafwiseTrees()], ids=lambda each: each.name)
def test_what_rows_left_out_stop_is_told_of_these_rows(grower: Grower) -> None:
    left = table_of(300, 2)
    stopped = grower.grow(grower.sizes[0], table_of(600, 3), left, seed=0)
    each = np.logaddexp(0, stopped.logits) - left.labels.label * stopped.logits
    assert stopped.loss == pytest.approx(each.mean(), abs=1e-5)
    assert 1 < stopped.rounds < 2000
