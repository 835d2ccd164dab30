from __future__ import annotations

from dataclasses import replace

import pytest

from intent_tf.data.predictions import Predictions
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.table import metrics_table, table_rows


def measured(log_loss, auroc=0.9):
    return replace(
        evaluate(Predictions.unweighted([0, 1], [0.2, 0.8])),
        auroc=auroc,
        auprc=0.7,
        log_loss=log_loss,
        brier=0.07,
        ece=0.01,
    )


BASELINES = {"constant_rate": measured(0.43, auroc=None), "logistic_regression": measured(0.3)}


def test_the_model_comes_first_and_the_baselines_from_the_best_on():
    assert list(table_rows(measured(0.2), BASELINES)) == [
        "intent_tf",
        "logistic_regression",
        "constant_rate",
    ]


def test_the_optimum_comes_last():
    assert list(table_rows(measured(0.2), BASELINES, measured(0.1)))[-1] == "exact optimum"


def test_a_line_has_its_figures_with_four_decimals():
    assert metrics_table(measured(0.21987), {}).splitlines()[1].split() == [
        "intent_tf",
        "0.9000",
        "0.7000",
        "0.2199",
        "0.0700",
        "0.0100",
    ]


def test_an_undefined_figure_is_a_dash():
    assert metrics_table(measured(0.2), BASELINES).splitlines()[-1].split()[1] == "–"


@pytest.mark.parametrize("optimum", [None, measured(0.1)])
def test_all_lines_are_equally_long(optimum):
    assert len({len(line) for line in metrics_table(measured(0.2), BASELINES, optimum).splitlines()}) == 1
