from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

from intent_tf.data.predictions import Labels, Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.baseline_table import BaselineTable
from intent_tf.evaluation.baselines import fit_baselines, fit_on_all, written_without_spaces
from intent_tf.evaluation.metrics import evaluate

NO_NUMBERS, NO_CATEGORIES = np.empty((200, 0)), np.empty((200, 0), int)


def shop(rows=200, seed=0):
    """A number, a category and a text that each know a part of the label."""
    rng = np.random.default_rng(seed)
    label = np.arange(rows) % 2
    numbers = np.column_stack([label + rng.normal(size=rows), rng.normal(size=rows)])
    categories = np.column_stack([(label + (rng.uniform(size=rows) < 0.3)) % 2, rng.integers(0, 300, rows)])
    texts = [("cheap shoes" if kind else "only looking") + f" {rng.integers(9)}" for kind in label]
    return numbers, categories, texts, label


def test_the_constant_rate_is_the_weighted_share_of_positives():
    table = BaselineTable(np.zeros((4, 1)), np.zeros((4, 0), int))
    baseline = fit_baselines(table, Labels([0, 0, 1, 1], [1, 1, 1, 5]))["constant_rate"]
    assert baseline.predict(BaselineTable(np.zeros((2, 1)), np.zeros((2, 0), int))).tolist() == [0.75, 0.75]


@pytest.mark.parametrize("part", ["numbers", "categories", "texts"])
def test_logistic_regression_learns_from_each_kind_of_column(part):
    numbers, categories, texts, label = shop()
    table = BaselineTable(
        numbers if part == "numbers" else NO_NUMBERS,
        categories if part == "categories" else NO_CATEGORIES,
        texts if part == "texts" else None,
    )
    probability = fit_baselines(table, Labels.unweighted(label))["logistic_regression"].predict(table)
    assert evaluate(Predictions.unweighted(label, probability)).auroc > 0.65


@pytest.mark.parametrize("part", ["numbers", "categories"])
def test_boosting_learns_from_numbers_and_categories(part):
    numbers, categories, _, label = shop()
    table = BaselineTable(
        numbers if part == "numbers" else NO_NUMBERS, categories if part == "categories" else NO_CATEGORIES
    )
    probability = fit_baselines(table, Labels.unweighted(label))["hist_gradient_boosting"].predict(table)
    assert evaluate(Predictions.unweighted(label, probability)).auroc > 0.65


def test_boosting_is_left_out_where_there_are_only_texts():
    *_, texts, label = shop()
    baselines = fit_baselines(BaselineTable(NO_NUMBERS, NO_CATEGORIES, texts), Labels.unweighted(label))
    assert list(baselines) == ["constant_rate", "logistic_regression"]


def test_a_missing_number_can_be_the_signal():
    label = np.arange(200) % 2
    table = BaselineTable(np.where(label, np.nan, 3.0)[:, np.newaxis], NO_CATEGORIES)
    probability = fit_baselines(table, Labels.unweighted(label))["logistic_regression"].predict(table)
    assert evaluate(Predictions.unweighted(label, probability)).auroc == 1.0


def test_infinity_counts_as_missing():
    numbers, categories, _, label = shop()
    baselines = fit_baselines(BaselineTable(numbers, categories), Labels.unweighted(label))
    one = np.zeros((1, 2), int)
    for baseline in baselines.values():
        infinite = baseline.predict(BaselineTable(np.array([[np.inf, 0.0]]), one))
        missing = baseline.predict(BaselineTable(np.array([[np.nan, 0.0]]), one))
        assert infinite == missing


def test_an_unseen_category_gets_a_strength():
    numbers, categories, _, label = shop()
    for baseline in fit_baselines(BaselineTable(numbers, categories), Labels.unweighted(label)).values():
        probability = baseline.predict(BaselineTable(np.zeros((1, 2)), np.array([[7_000, -1]])))
        assert 0 < probability[0] < 1


def test_a_column_without_any_value_does_no_harm():
    _, categories, _, label = shop()
    table = BaselineTable(np.full((200, 1), np.nan), categories)
    for baseline in fit_baselines(table, Labels.unweighted(label)).values():
        assert np.isfinite(baseline.predict(table)).all()


def test_texts_without_a_word_are_no_columns():
    label = np.arange(200) % 2
    assert list(
        fit_baselines(BaselineTable(NO_NUMBERS, NO_CATEGORIES, ["", "!"] * 100), Labels.unweighted(label))
    ) == ["constant_rate"]


def test_few_rows_of_a_class_leave_the_constant_rate_alone():
    numbers, categories, _, _ = shop()
    label = np.arange(200) < 9
    assert list(fit_baselines(BaselineTable(numbers, categories), Labels.unweighted(label))) == [
        "constant_rate"
    ]


def test_the_same_seed_gives_the_same_strengths():
    numbers, categories, texts, label = shop()
    table = BaselineTable(numbers, categories, texts)
    first, second = (fit_baselines(table, Labels.unweighted(label), seed=3) for _ in range(2))
    for name in first:
        assert (first[name].predict(table) == second[name].predict(table)).all()


def test_weights_move_the_strengths():
    numbers, categories, _, label = shop()
    table = BaselineTable(numbers, categories)
    plain = fit_baselines(table, Labels.unweighted(label))
    heavy = fit_baselines(table, Labels(label, np.where(label, 20.0, 1.0)))
    for name in plain:
        assert heavy[name].predict(table).mean() > plain[name].predict(table).mean() + 0.2


def test_chinese_is_read_by_characters():
    # No two texts share a token that white space or punctuation bounds; they share characters.
    label = np.arange(200) % 2
    texts = [f"{'太慢了' if kind else '好吃'}{chr(0x4E00 + row)}" for row, kind in enumerate(label)]
    table = BaselineTable(NO_NUMBERS, NO_CATEGORIES, texts)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        baseline = fit_baselines(table, Labels.unweighted(label))["logistic_regression"]
    unseen = BaselineTable(np.empty((2, 0)), np.empty((2, 0), int), ["真好吃呀", "来得太慢了吧"])
    assert np.diff(baseline.predict(unseen)) > 0.5


def test_empty_texts_do_not_say_that_there_are_no_spaces():
    assert not written_without_spaces(["", "", ""])


@pytest.mark.parametrize(
    "parts",
    [
        (np.zeros((3, 1)), np.zeros((2, 1), int), None),
        (np.zeros((3, 1)), np.zeros((3, 0), int), ["a"]),
        (np.zeros(3), np.zeros((3, 0), int), None),
    ],
)
def test_parts_with_different_rows_are_refused(parts):
    with pytest.raises(InputError, match="shape"):
        BaselineTable(*parts)


def test_names_become_the_columns_of_the_frame():
    table = BaselineTable(np.zeros((1, 1)), np.zeros((1, 1), int), ["a"], names=["price", "month"])
    assert list(table.frame()) == ["0 price", "1 month", "2 text"]


def test_too_few_names_are_refused():
    with pytest.raises(InputError, match=r"1 names; expected 1 \+ 1"):
        BaselineTable(np.zeros((1, 1)), np.zeros((1, 1), int), names=["price"])


def test_columns_of_the_same_name_are_kept_apart():
    numbers, _, texts, label = shop()
    table = BaselineTable(numbers, NO_CATEGORIES, texts, names=["text", "text"])
    probability = fit_baselines(table, Labels.unweighted(label))["logistic_regression"].predict(table)
    assert evaluate(Predictions.unweighted(label, probability)).auroc == 1.0


def test_labels_of_another_length_are_refused():
    with pytest.raises(InputError, match="shape"):
        fit_baselines(BaselineTable(np.zeros((3, 1)), np.zeros((3, 0), int)), Labels.unweighted([0, 1]))


def real(*parts):
    path = Path(os.environ.get("INTENT_TF_DATA", "no such folder")).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is absent; set INTENT_TF_DATA to the folder that has it")
    return pd.read_csv(path)


def test_on_uci_boosting_reaches_what_lightgbm_does():
    frame = real("uci-online-shoppers", "online_shoppers_intention.csv").drop_duplicates()
    label = frame.pop("Revenue").astype(int).to_numpy()
    coded = ["Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType", "Weekend"]
    numbers = frame.drop(columns=coded).to_numpy(float)
    categories = frame[coded].apply(lambda column: pd.factorize(column)[0]).to_numpy()
    train, test = train_test_split(np.arange(len(label)), test_size=0.2, random_state=0, stratify=label)
    baselines = fit_baselines(
        BaselineTable(numbers[train], categories[train]), Labels.unweighted(label[train])
    )
    rows = BaselineTable(numbers[test], categories[test])
    auroc = {
        name: evaluate(Predictions.unweighted(label[test], baselines[name].predict(rows))).auroc
        for name in baselines
    }
    assert auroc["hist_gradient_boosting"] > 0.925 > auroc["logistic_regression"] > 0.875


def test_on_chinese_reviews_character_n_grams_reach_what_is_known():
    frame = real("chinese-waimai-10k", "waimai_10k.csv")
    texts, label = frame["review"].fillna("").to_numpy(), frame["label"].to_numpy()
    train, test = train_test_split(np.arange(len(label)), test_size=0.2, random_state=0, stratify=label)
    train = train[:3000]

    def table(rows):
        return BaselineTable(np.empty((len(rows), 0)), np.empty((len(rows), 0), int), list(texts[rows]))

    baseline = fit_baselines(table(train), Labels.unweighted(label[train]))["logistic_regression"]
    assert evaluate(Predictions.unweighted(label[test], baseline.predict(table(test)))).auroc > 0.94


@pytest.mark.parametrize("name", ["constant_rate", "logistic_regression", "hist_gradient_boosting"])
def test_a_baseline_is_fitted_again_on_all_rows_with_what_was_chosen(name: str) -> None:
    rng = np.random.default_rng(0)
    number = rng.normal(size=(800, 1))
    label = rng.uniform(size=800) < 1 / (1 + np.exp(-2 * number[:, 0]))
    table, labels = BaselineTable(number, np.zeros((800, 0), int)), Labels.unweighted(label)
    train, validation = np.arange(600), np.arange(600, 800)
    parts = (table.take(train), labels.take(train), table.take(validation), labels.take(validation))
    held_out, final = fit_on_all(*parts)[name]
    first = fit_baselines(*parts[:2])[name]
    np.testing.assert_array_equal(held_out, first.predict(parts[2]))
    np.testing.assert_array_equal(final.predict(table), first.refitted(table, labels).predict(table))
    if name != "constant_rate":
        (old, new) = (each.pipeline["model"] for each in (first, final))
        assert name != "logistic_regression" or new.C_ == old.C_
        assert name == "logistic_regression" or new.n_iter_ == old.n_iter_


def test_few_train_rows_leave_the_choice_to_all_rows() -> None:
    table, label = BaselineTable(np.arange(60.0)[:, None], np.zeros((60, 0), int)), np.arange(60) % 2
    few, others = np.arange(16), np.arange(16, 60)
    labels = Labels.unweighted(label)
    found = fit_on_all(table.take(few), labels.take(few), table.take(others), labels.take(others))
    assert list(found) == ["constant_rate", "logistic_regression", "hist_gradient_boosting"]
