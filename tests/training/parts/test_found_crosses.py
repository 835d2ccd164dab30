"""Categories that act only together are found, and chance is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from intent_tf.data.predictions import Labels
from intent_tf.models.parts import CategoryCrosses
from intent_tf.training.parts.boosting import fit_trees
from intent_tf.training.parts.category_effects import CategoryEffects
from intent_tf.training.parts.found_crosses import find_crosses
from intent_tf.training.parts.leafwise_trees import LeafwiseTrees
from intent_tf.training.parts.linear import fit_linear
from intent_tf.training.parts.part_rows import PartRows

ROWS, VALUES = 4000, 6


def rows_of(crosses: dict[tuple[int, ...], float], seed: int = 0, own: float = 0.0) -> PartRows:
    """Four columns of six categories that act in crosses, and one by one, as strongly as is said."""
    effects = np.random.default_rng(99)
    rng = np.random.default_rng(seed)
    ids = rng.integers(1, VALUES + 1, (ROWS, 4)).astype(np.int32)
    logit = np.zeros(ROWS) - 0.5
    for column in range(4):
        logit += own * effects.normal(size=VALUES + 1)[ids[:, column]]
    for columns, strength in crosses.items():
        table = effects.normal(size=(VALUES + 1,) * len(columns))
        logit += strength * table[tuple(ids[:, columns].T)]
    label = Labels.unweighted(rng.uniform(size=ROWS) < expit(logit))
    return PartRows({"categories": ids}, label, np.arange(ROWS) >= 0.9 * ROWS)


def test_a_pair_and_a_triple_are_found_and_nothing_else() -> None:
    found = find_crosses(rows_of({(0, 2): 1.0, (1, 2, 3): 1.5})).crosses
    assert sorted(found) == [(0, 2), (1, 2, 3)]


def test_a_flag_and_a_category_that_act_together_are_found() -> None:
    rows, rng = rows_of({}), np.random.default_rng(5)
    flag = (rng.uniform(size=(ROWS, 1)) < 0.4).astype(np.float32)
    even = rows.categories[:, 1] % 2 == 0
    label = rng.uniform(size=ROWS) < np.where(even == (flag[:, 0] > 0), 0.6, 0.3)
    numbers = {"numbers": np.column_stack([rng.normal(size=ROWS), 2 * flag - 1]).astype(np.float32)}
    numbers["missing"] = np.zeros_like(numbers["numbers"])
    features = {**rows.features, **numbers}
    found = find_crosses(replace(rows, features=features, labels=Labels.unweighted(label)))
    assert found.names(list("abcd"), ["seconds", "member"]) == ["b × member"]
    assert found.cuts == ((1, (0.0,)),)


@pytest.mark.parametrize("own", [0.0, 1.0])
def test_categories_that_act_one_by_one_make_no_cross(own: float) -> None:
    assert [find_crosses(rows_of({}, seed, own)).crosses for seed in range(3)] == [()] * 3


def test_labels_that_the_network_has_not_seen_are_not_looked_at() -> None:
    rows = rows_of({(0, 2): 1.0})
    unseen = replace(rows, unseen=np.ones(ROWS, bool))
    assert find_crosses(rows).crosses and not find_crosses(unseen).crosses


def test_a_column_without_a_number_is_no_hindrance() -> None:
    rows = rows_of({(0, 2): 1.0})
    blank = {"numbers": np.zeros((ROWS, 1), np.float32), "missing": np.ones((ROWS, 1), np.float32)}
    assert find_crosses(replace(rows, features={**rows.features, **blank})).crosses == ((0, 2),)


def test_rows_that_may_belong_together_and_are_not_drawn_at_random_make_no_cross() -> None:
    apart = replace(rows_of({(0, 2): 1.0}), is_random=False)
    assert not find_crosses(apart).crosses
    assert find_crosses(replace(apart, groups=np.arange(ROWS))).crosses


def test_rows_of_no_weight_and_few_rows_find_nothing() -> None:
    rows = rows_of({(0, 2): 1.0})
    assert not find_crosses(rows.take(np.arange(900))).crosses
    weight = np.where(np.arange(ROWS) < 50, 1.0, 0.0)
    assert not find_crosses(replace(rows, labels=Labels(rows.labels.label, weight))).crosses


@pytest.mark.parametrize("part", ["trees", "linear"])
def test_parts_predict_what_acts_only_together_by_its_crosses(part: str) -> None:
    rows, new = rows_of({(1, 2, 3): 2.0}), rows_of({(1, 2, 3): 2.0}, seed=1)

    def fitted(found: list[tuple[int, ...]]) -> float:
        crosses = CategoryCrosses(rows.input_dims, found)
        if part == "linear":
            layer, _ = fit_linear(rows, crosses)
        else:
            layer, _ = fit_trees(LeafwiseTrees(), CategoryEffects.of(rows, crosses, 0))
        return float(roc_auc_score(new.labels.label, layer(new.features)))

    assert fitted([(1, 2, 3)]) > fitted([]) + 0.015


@pytest.mark.parametrize("part", ["trees", "linear"])
def test_labels_of_pure_noise_are_not_found_again_by_crosses(part: str) -> None:
    rows = rows_of({})
    crosses = CategoryCrosses(rows.input_dims, [(0, 1), (1, 2, 3)])
    fit = fit_linear(rows, crosses) if part == "linear" else None
    _, logits = fit or fit_trees(LeafwiseTrees(), CategoryEffects.of(rows, crosses, 0))
    assert abs(roc_auc_score(rows.labels.label, logits) - 0.5) < 0.03
