"""Effects of many categories: shrunk, weighted, and never of a row's own label."""

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
from intent_tf.training.parts.part_rows import PartRows
from intent_tf.training.parts.symmetric_trees import SymmetricTrees

VALUES, EVERY = 1200, np.arange(12_000)


def rows_of(signal: float, seed: int = 0, rows: int = len(EVERY)) -> tuple[PartRows, np.ndarray]:
    """An id of 1,200 values whose effects are those of seed 0, and a number."""
    effect = np.random.default_rng(0).normal(size=VALUES)
    rng = np.random.default_rng(seed + 1)
    ids, number = rng.integers(VALUES, size=(rows, 1)), rng.normal(size=(rows, 1))
    label = rng.uniform(size=rows) < expit(signal * effect[ids[:, 0]] + number[:, 0])
    return PartRows(features(ids, number), Labels.unweighted(label), np.zeros(len(label), bool)), effect


def own_of(rows: PartRows) -> CategoryCrosses:
    return CategoryCrosses(rows.input_dims, [(0,)])


def features(ids: np.ndarray, number: np.ndarray) -> dict[str, np.ndarray]:
    number = number.astype(np.float32)
    return {"numbers": number, "missing": np.zeros_like(number), "categories": ids.astype(np.int32)}


def test_effects_are_nearly_those_that_made_the_labels_and_nothing_where_there_are_none() -> None:
    found = {}
    for signal in (0.0, 1.0):
        rows, effect = rows_of(signal)
        found[signal] = CategoryEffects.of(rows, CategoryCrosses(rows.input_dims), 0).table(0, EVERY)
    assert np.std(found[0.0]) < 0.1
    # With ten rows each, of a curvature of about 0.2, the posterior mean has a correlation of 0.82.
    assert np.corrcoef(found[1.0], effect)[0, 1] > 0.75 and 0.5 < np.std(found[1.0]) < 0.9


def test_effects_shrink_as_rows_get_fewer() -> None:
    ids = np.repeat([[0], [1], [2], [3]], [2, 200, 2, 200], axis=0).astype(np.int32)
    labels = Labels.unweighted((ids[:, 0] > 1).astype(int))
    rows = PartRows({"categories": ids}, labels, labels.label < 0)
    effects = CategoryEffects(rows, own_of(rows), np.zeros((404, 1))).table(0, np.arange(404))
    assert effects[1] < effects[0] < 0 < effects[2] < effects[3]


def test_rows_of_no_weight_count_nothing() -> None:
    rows, _ = rows_of(1.0)
    kept = EVERY[: len(EVERY) // 2]
    weighted = replace(rows, labels=Labels(rows.labels.label, len(kept) > EVERY))
    alone = CategoryEffects(rows.take(kept), own_of(rows), np.zeros((len(kept), 1)))
    of_weighted = CategoryEffects(weighted, own_of(rows), np.zeros((len(EVERY), 1)))
    np.testing.assert_allclose(of_weighted.table(0, EVERY), alone.table(0, kept))


def test_no_learnt_row_has_an_effect_of_its_own_label() -> None:
    rows, _ = rows_of(1.0)
    noise = Labels.unweighted(np.random.default_rng(9).uniform(size=len(EVERY)) < 0.4)
    effects = CategoryEffects(replace(rows, labels=noise), own_of(rows), np.zeros((len(EVERY), 1)))
    own, ids = effects.values(EVERY, 0)[:, 0], rows.features["categories"][:, 0]
    assert roc_auc_score(noise.label, effects.table(0, EVERY)[ids]) > 0.6
    assert abs(roc_auc_score(noise.label, own) - 0.5) < 0.02
    half = effects.values(EVERY[::2], 0)[1::2, 0]
    np.testing.assert_array_equal(half, effects.table(0, EVERY[::2])[ids[1::2]])


@pytest.mark.parametrize("with_number", [True, False])
def test_labels_of_pure_noise_are_not_learnt_by_many_categories(with_number: bool) -> None:
    rows, _ = rows_of(0.0)
    rng = np.random.default_rng(9)
    noise = Labels.unweighted(rng.uniform(size=len(EVERY)) < 0.4)
    names = ("numbers", "missing", "categories") if with_number else ("categories",)
    rows = replace(rows, labels=noise, features={name: rows.features[name] for name in names})
    leaking = CategoryEffects.of(rows, CategoryCrosses(rows.input_dims), 0).table(0, EVERY)[
        rows.features["categories"][:, 0]
    ]
    assert roc_auc_score(noise.label, leaking) > 0.6
    part, logits = fit_trees(SymmetricTrees(), CategoryEffects.of(rows, CategoryCrosses(rows.input_dims), 0))
    assert abs(roc_auc_score(noise.label, logits) - 0.5) < 0.02
    new = {name: rows_of(0.0, seed=1, rows=50_000)[0].features[name] for name in names}
    labels = rng.uniform(size=50_000) < 0.4
    assert abs(roc_auc_score(labels, part(new)) - 0.5) < 0.01


def test_trees_learn_from_effects_and_ids_that_are_unknown_have_none() -> None:
    rows, _ = rows_of(1.5)
    part, _ = fit_trees(SymmetricTrees(), CategoryEffects.of(rows, CategoryCrosses(rows.input_dims), 0))
    new, effect = rows_of(1.5, seed=1)
    logits = 1.5 * effect[new.features["categories"][:, 0]] + new.features["numbers"][:, 0]
    known = roc_auc_score(new.labels.label, part(new.features))
    assert known > roc_auc_score(new.labels.label, logits) - 0.04
    unknown = {**new.features, "categories": np.full_like(new.features["categories"], VALUES + 7)}
    assert roc_auc_score(new.labels.label, part(unknown)) < known - 0.05
