"""Fitting the parts beside a network, and how much each counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import catboost
import keras
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.predictions import Labels
from intent_tf.data.splitting import SplitPlan
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.outputs import SPREAD, STRENGTH
from intent_tf.models.parts import CategoryCrosses, LinearPart
from intent_tf.models.parts.tree_part import TreePart, tree_columns
from intent_tf.training.parts.boosting import fit_trees
from intent_tf.training.parts.category_effects import CategoryEffects
from intent_tf.training.parts.fit_parts import (
    Stacked,
    _weights_of_folds,
    fit_parts,
    network_share,
    stacking_weights,
)
from intent_tf.training.parts.leafwise_trees import LeafwiseTrees
from intent_tf.training.parts.linear import fit_linear
from intent_tf.training.parts.part_rows import PartRows
from intent_tf.training.parts.symmetric_trees import SymmetricTrees


def symmetric(rows: PartRows) -> tuple[TreePart, np.ndarray]:
    return fit_trees(SymmetricTrees(), CategoryEffects.of(rows, CategoryCrosses(rows.input_dims), 0))


def leafwise(rows: PartRows) -> tuple[TreePart, np.ndarray]:
    return fit_trees(LeafwiseTrees(), CategoryEffects.of(rows, CategoryCrosses(rows.input_dims), 0))


def linear(rows: PartRows) -> tuple[LinearPart, np.ndarray]:
    return fit_linear(rows, CategoryCrosses(rows.input_dims))


FITS = [
    pytest.param(symmetric, id="symmetric trees"),
    pytest.param(leafwise, id="leafwise trees"),
    pytest.param(linear, id="linear"),
]


def rows_of(rows: int, seed: int = 0, signal: float = 2.0) -> PartRows:
    """Two numbers of which some are missing, and a category; pairs of them decide."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(rows, 2)).astype(np.float32)
    categories = rng.integers(5, size=(rows, 1)).astype(np.int32)
    label = rng.uniform(size=rows) < expit(
        signal * np.sign(numbers[:, 0]) * (2.0 * (categories[:, 0] > 2) - 1)
    )
    missing = (rng.uniform(size=numbers.shape) < 0.1).astype(np.float32)
    features = {"numbers": numbers * (1 - missing), "missing": missing, "categories": categories}
    return PartRows(features, Labels.unweighted(label), np.arange(rows) >= 0.9 * rows)


@pytest.mark.parametrize("fit", FITS)
def test_labels_of_pure_noise_are_not_found_again(fit) -> None:
    """A way that leaks a row's own label into its logit would rank the rows by it."""
    rows = rows_of(1500, signal=0.0)
    _, logits = fit(rows)
    assert abs(roc_auc_score(rows.labels.label, logits) - 0.5) < 0.05


def test_trees_find_what_acts_only_together_where_a_linear_part_does_not() -> None:
    rows, new = rows_of(1500), rows_of(1500, seed=1)
    found = {fit: fit(rows)[0](new.features).numpy() for fit in (symmetric, leafwise, linear)}
    assert min(roc_auc_score(new.labels.label, found[fit]) for fit in (symmetric, leafwise)) > 0.8
    assert roc_auc_score(new.labels.label, found[linear]) < 0.6


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("kind", ["numbers", "categories"])
def test_tables_of_one_kind_of_column_have_parts_too(fit, kind: str) -> None:
    rows = rows_of(300)
    names = ("numbers", "missing") if kind == "numbers" else ("categories",)
    alone = replace(rows, features={name: rows.features[name] for name in names})
    part, logits = fit(alone)
    assert part(alone.features).shape == logits.shape == (300,)


def test_rows_of_no_weight_count_nothing() -> None:
    rng = np.random.default_rng(3)
    logits, label = rng.normal(size=(500, 2)), rng.uniform(size=500) < 0.4
    kept = np.arange(500) < 400
    alone, all_rows = Labels.unweighted(label[kept]), Labels(label, kept)
    expected, _ = stacking_weights(logits[kept], alone)
    np.testing.assert_allclose(stacking_weights(logits, all_rows)[0], expected, rtol=1e-4)
    share = network_share(*logits[kept].T, alone)
    assert network_share(*logits.T, all_rows) == pytest.approx(share, abs=1e-4)


def test_what_says_nothing_counts_nothing_and_equal_parts_count_alike() -> None:
    rng = np.random.default_rng(0)
    good, noise = rng.normal(size=(2, 5000))
    label = Labels.unweighted(rng.uniform(size=5000) < expit(good))
    weights, bias = stacking_weights(np.column_stack([good, noise]), label)
    assert weights[0] > 0.9 and weights[1] < 0.05 and abs(bias) < 0.1
    weights, _ = stacking_weights(np.column_stack([good, good]), label)
    assert weights[0] == pytest.approx(weights[1])


def test_a_network_has_its_usual_share_where_few_rows_tell_and_none_where_others_know() -> None:
    rng = np.random.default_rng(0)
    good, noise = rng.normal(size=(2, 2000))
    label = Labels.unweighted(rng.uniform(size=2000) < expit(good))
    assert network_share(noise, good, label) < 0.1
    few = np.arange(4)
    assert network_share(good[few], good[few], label.take(few)) == pytest.approx(0.5, abs=0.01)


def test_a_network_that_is_better_alone_stays_alone(data: PreparedData) -> None:
    model = build_model(data, build_feature_extractor(data), build_predictor(ensemble_size=2, units=(4,)))
    blind = replace(
        data, train=replace(data.train, label=np.random.default_rng(0).permutation(data.train.label))
    )
    assert fit_parts(model, blind, ("linear",)).model is model


@pytest.fixture(scope="module")
def data() -> PreparedData:
    rows = rows_of(1200)
    numbers = np.where(rows.features["missing"] > 0, np.nan, rows.features["numbers"])
    months = [f"m{each}" for each in rows.features["categories"][:, 0]]
    frame = pd.DataFrame(numbers, columns=["pages", "seconds"])
    frame = frame.assign(month=months, bought=rows.labels.label)
    return preprocess_data(frame, "bought", verbose=False)


@pytest.fixture(scope="module")
def fitted(data: PreparedData) -> Stacked:
    """A network that has learnt nothing, and what was fitted beside it."""
    keras.utils.set_random_seed(0)
    model = build_model(data, build_feature_extractor(data), build_predictor(ensemble_size=2, units=(4,)))
    return fit_parts(model, data, ("trees", "linear"))


@pytest.fixture(scope="module")
def stacked(fitted: Stacked) -> IntentModel:
    return fitted.model


def test_trees_learn_from_validation_rows_and_what_is_held_out_has_not(
    fitted: Stacked, data: PreparedData
) -> None:
    served = fitted.model.predict(data.validation)
    assert np.abs(fitted.held_out - served).max() > 0.01
    assert log_loss(data.validation.label, served) < log_loss(data.validation.label, fitted.held_out)
    assert roc_auc_score(data.validation.label, fitted.held_out) > 0.7


def test_what_a_network_alone_says_of_validation_rows_is_held_out(data: PreparedData) -> None:
    model = build_model(data, build_feature_extractor(data), build_predictor(ensemble_size=2, units=(4,)))
    found = fit_parts(model, data, ())
    np.testing.assert_allclose(found.held_out, model.predict(data.validation), rtol=0, atol=1e-6)


def test_many_rows_leave_those_that_the_network_has_not_seen() -> None:
    rows = rows_of(300)
    few, many = rows.judging_folds(0), rows.take(np.tile(np.arange(300), 400)).judging_folds(0)
    assert (len(few), len(many)) == (5, 1)
    np.testing.assert_array_equal(many[0][1] % 300, np.flatnonzero(np.tile(rows.unseen, 400)) % 300)
    assert len(many[0][0]) + len(many[0][1]) == 120_000


def test_records_made_twice_are_not_predicted_by_their_twins() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"seconds": rng.normal(size=600), "pages": rng.normal(size=600)})
    frame["bought"] = rng.integers(2, size=600)
    twice = pd.concat([frame, frame], ignore_index=True).assign(row=range(1200))
    data = preprocess_data(twice, "bought", drop=["row"], verbose=False)
    rows = PartRows.of(data)
    assert data.split.keeps_duplicates_together and len(np.unique(rows.twins)) == len(rows.labels) // 2
    for fit, left in rows.folds(0):
        assert not set(rows.twins[fit]) & set(rows.twins[left])
    _, logits = leafwise(rows)
    assert abs(roc_auc_score(rows.labels.label, logits) - 0.5) < 0.1


def test_rows_set_apart_judge_the_parts_if_there_are_enough_of_each_class() -> None:
    rows = replace(rows_of(600), is_random=False)
    [(fit, left)] = rows.judging_folds(0)
    np.testing.assert_array_equal(left, np.flatnonzero(rows.unseen))
    np.testing.assert_array_equal(np.sort(np.append(fit, left)), np.arange(600))
    assert len(rows.take(np.arange(560)).judging_folds(0)) == 5


def test_only_parts_that_help_are_kept(stacked: IntentModel) -> None:
    shares = stacked.stack.shares()
    assert {"trees"} <= set(shares) <= {"network", "trees", "leafwise_trees"}
    assert shares["network"] < 0.5


def test_a_stacked_model_predicts_alike_from_rows_and_from_raw_columns(
    stacked: IntentModel, data: PreparedData
) -> None:
    strength = stacked.predict(data.test)
    assert roc_auc_score(data.test.label, strength) > 0.75
    np.testing.assert_allclose(stacked.predict(data.test.frame), strength, rtol=0, atol=1e-6)
    shuffled = data.test.frame.sample(frac=1.0, random_state=0)
    assert stacked.predict(shuffled) == pytest.approx(
        pd.Series(strength, data.test.frame.index)[shuffled.index]
    )


def test_the_trees_are_written_as_their_library_writes_them(
    stacked: IntentModel, data: PreparedData, tmp_path: Path
) -> None:
    part = stacked.stack.parts["trees"]
    part.write_own_format(tmp_path)
    own = catboost.CatBoost().load_model(str(tmp_path / "trees.cbm"))
    numbers, ids = tree_columns(data.test.features, part.input_dims)
    table = pd.concat([pd.DataFrame(numbers), pd.DataFrame(ids).astype(int)], axis=1, ignore_index=True)
    np.testing.assert_allclose(
        own.predict(table, prediction_type="RawFormulaVal"), part(data.test.features), rtol=0, atol=1e-6
    )


def test_its_spread_is_that_of_members_and_parts(stacked: IntentModel, data: PreparedData) -> None:
    answers = stacked.answers(data.test, 256)
    assert answers[SPREAD].shape == answers[STRENGTH].shape and answers[SPREAD].max() > 0.05


def test_a_stacked_model_comes_back_from_its_file(stacked: IntentModel, data: PreparedData, tmp_path) -> None:
    stacked.save(tmp_path / "model.keras")
    read = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(read.predict(data.test.frame), stacked.predict(data.test.frame))


def test_the_metrics_of_evaluate_are_those_of_the_whole_model(
    stacked: IntentModel, data: PreparedData
) -> None:
    found = stacked.evaluate(data.test, verbose=0, return_dict=True)
    assert found["auroc"] == pytest.approx(
        roc_auc_score(data.test.label, stacked.predict(data.test)), abs=0.01
    )


@pytest.mark.guard
def test_fit_sets_the_parts_aside_and_says_so(stacked: IntentModel, data: PreparedData) -> None:
    with pytest.warns(UserWarning, match="fit drops the stack of parts"):
        stacked.fit(data.train, verbose=0)
    shares = stacked.stack.shares()
    assert shares.pop("network") == 1.0 and not any(shares.values())


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"month": "May", "pages": 1.0, "seconds": np.nan}, id="columns that do not vary"),
        pytest.param({"shopper": "one"}, id="one group"),
    ],
)
def test_what_no_folds_can_tell_of_has_a_network_alone(data: PreparedData, changed: dict[str, Any]) -> None:
    rows = {"train": data.train, "validation": data.validation, "test": data.test}
    parts = [each.frame.assign(part=name, shopper="x") for name, each in rows.items()]
    frame = pd.concat(parts, ignore_index=True).assign(**changed)
    kinds = {"month": "category", "pages": "number", "seconds": "number"}
    alike = preprocess_data(
        frame,
        "bought",
        kinds=kinds,
        plan=SplitPlan(column="part", column_is_random=True),
        drop=["shopper"],
        verbose=False,
    )
    if "shopper" in changed:
        alike = replace(alike, split=replace(alike.split, group="shopper"))
    model = build_model(alike, build_feature_extractor(alike), build_predictor(ensemble_size=1))
    assert fit_parts(model, alike, ("trees", "linear")).model is model


def test_categories_that_act_together_count_in_the_whole_model_and_in_its_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    month, phone = rng.integers(6, size=2000), rng.integers(2, size=2000)
    frame = pd.DataFrame(
        {"month": [f"m{each}" for each in month], "phone": phone, "pages": rng.normal(size=2000)}
    )
    frame["bought"] = rng.uniform(size=2000) < np.where(month % 2 == phone, 0.7, 0.2)
    rows = preprocess_data(frame, "bought", verbose=False)
    network = build_model(rows, build_feature_extractor(rows), build_predictor(ensemble_size=1, units=(4,)))
    model = fit_parts(network, rows, ("linear",)).model
    assert model.stack.cross_names(rows.preprocessor.category_names, rows.preprocessor.number_names) == [
        "month × phone"
    ]
    strength = model.predict(rows.test.frame)
    assert roc_auc_score(rows.test.label, strength) > 0.7
    model.save(tmp_path / "model.keras")
    read = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(read.predict(rows.test.frame), strength)


def test_a_column_without_a_number_is_no_hindrance() -> None:
    rows = rows_of(300)
    blank = {name: values.copy() for name, values in rows.features.items()}
    blank["missing"][:, 1], blank["numbers"][:, 1] = 1, 0
    for fit in (symmetric, leafwise, linear):
        part, _ = fit(replace(rows, features=blank))
        assert np.isfinite(part(blank)).all()


def test_a_part_is_not_paid_for_knowing_the_rate() -> None:
    label = Labels.unweighted(np.arange(4000) % 190 == 0)
    noise = np.random.default_rng(0).normal(np.log(label.rate), 0.01, (4000, 1))
    assert stacking_weights(np.zeros((4000, 0)), label)[1] == pytest.approx(np.log(1 / 189), abs=0.1)
    weights, _ = _weights_of_folds({"trees": noise[:, 0]}, label)
    assert weights == {}


def test_a_table_of_texts_alone_has_a_network_alone() -> None:
    frame = pd.DataFrame(
        {"title": [f"hat {number % 37}" for number in range(300)], "bought": [0, 1, 1] * 100}
    )
    texts = preprocess_data(frame, "bought", kinds={"title": "text"}, verbose=False)
    model = build_model(texts, build_feature_extractor(texts, filters=4, output_dim=4), build_predictor())
    assert fit_parts(model, texts, ("trees", "linear")).model is model
