"""`train --precompute` serves from tables of products and says what that costs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.serving.loading import load_model
from intent_tf.serving.served_model import ServedModel
from intent_tf.train import main

TEXT = ["--kinds", "title=text"]


@pytest.mark.slow
def test_the_cost_is_printed_and_kept_and_the_table_is_served(
    quick, make_shop, tmp_path: Path, capsys
) -> None:
    shop, table = make_shop()[["title", "pages", "seconds", "bought"]], tmp_path / "shop.csv"
    shop.to_csv(table, index=False)
    main(["--data", str(table), *quick, *TEXT, "--precompute", "bfloat16", "--out", str(tmp_path / "model")])
    version = tmp_path / "model" / "1"
    cost = json.loads((version / "metrics.json").read_text())["precomputed"]
    assert f"precomputed as bfloat16: test AUROC {cost['auroc'][0]:.5f} →" in capsys.readouterr().out
    served = ServedModel(version).predict(shop)
    exact = load_model(version / "model.keras").predict(shop)
    assert 0 < np.abs(served - exact).max() < 0.01


def test_a_table_without_texts_and_sessions_is_refused_before_training(quick, tmp_path: Path) -> None:
    table = tmp_path / "visits.csv"
    pd.DataFrame({"pages": np.arange(100) % 37, "bought": [0, 1] * 50}).to_csv(table, index=False)
    with pytest.raises(InputError, match="no extractor of tokens"):
        main(["--data", str(table), *quick, "--precompute", "int8", "--out", str(tmp_path / "model")])
