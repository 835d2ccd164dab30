from __future__ import annotations

from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.predictions import Predictions
from intent_tf.data.splitting import PartCounts, SplitDescription
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.options.training import TrainingConfig
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.model_card import model_card
from intent_tf.training.training import create_model

TAG = "<img src=x onerror=alert(1)>"
SMALL = TrainingConfig(ensemble_size=2, filters=4, output_dim=4)
FIGURES = replace(
    evaluate(Predictions.unweighted([0, 1], [0.2, 0.8])),
    auroc=0.91234,
    auprc=0.5,
    log_loss=0.25,
    brier=0.07,
    ece=None,
)
METRICS = RunMetrics(
    test=FIGURES,
    baselines={"constant_rate": replace(FIGURES, auroc=0.5)},
    split=SplitDescription(
        "random, stratified", None, 0, PartCounts(7000, 700), PartCounts(1000, 100), PartCounts(2000, 250)
    ),
)


@pytest.fixture(scope="module")
def card(shop_data: PreparedData) -> str:
    return model_card(create_model(shop_data, SMALL), METRICS)


def test_the_quality_stands_beside_the_baselines(card: str) -> None:
    assert "| intent_tf | 0.9123 | 0.5000 | 0.2500 | 0.0700 | – |" in card
    assert "| constant_rate | 0.5000 |" in card


def test_an_optimum_is_named_only_where_it_is_known(card: str, shop_data: PreparedData) -> None:
    assert "optimum" not in card
    known = model_card(create_model(shop_data, SMALL), replace(METRICS, optimum=FIGURES))
    assert "| optimum (no model can do better) | 0.9123" in known


def test_every_input_is_named_with_its_kind_type_and_missing_value(card: str) -> None:
    assert "| `title` | text | string | empty string |" in card
    assert "| `seconds` | number | float32 | NaN |" in card


def test_what_was_left_out_is_named_with_the_reason(card: str) -> None:
    assert "- `user_id`: identifies the shopper" in card


def test_the_rows_the_split_and_the_rate_are_told(card: str) -> None:
    assert "Rows: 7,000 train, 1,000 validation, 2,000 test. Split: random, stratified." in card
    assert "12.5% of the test rows positive" in card


@pytest.fixture(scope="module")
def strange() -> PreparedData:
    """Columns whose names are markup, in all places of a page."""
    names = [f"tick`{TAG}", f"``{TAG}|", "[a](javascript:b)", "line\nbreak", "`"]
    frame = pd.DataFrame({name: np.arange(40) % 7 for name in names} | {f"bought {TAG}|": [0, 1] * 20})
    frame[f"copy|{TAG}"] = frame[f"bought {TAG}|"]
    kinds = dict.fromkeys(names, "number")
    return preprocess_data(
        frame, f"bought {TAG}|", kinds=kinds, excluded={f"copy|{TAG}": f"a `{TAG}` | copy"}
    )


def rendered(markdown: str) -> str:
    return MarkdownIt("commonmark").enable("table").render(markdown)


def test_names_of_strangers_are_shown_and_are_no_markup(strange: PreparedData, tmp_path) -> None:
    model = create_model(strange, SMALL)
    export_saved_model(model, tmp_path)
    for page in (model_card(model, METRICS), (tmp_path / "signature.md").read_text()):
        html = rendered(page)
        assert "<img" not in html
        assert "<a" not in html
        for column in strange.specification.columns:
            shown = f"<td><code>{escape(column.name)}</code></td>".replace("\n", r"\n").replace("&#x27;", "'")
            assert shown in html
    assert "bought &lt;img" in rendered(model_card(model, METRICS))
