from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.decisions.recommend.command import run
from intent_tf.errors import InputError
from intent_tf.options.decide import LogConfig, RecommendConfig


@pytest.mark.slow
def test_recommendations_figures_and_plot_are_written(
    tmp_path: Path, words_drawn: Callable[[Path], set[str]]
) -> None:
    catalogue = tmp_path / "catalogue.csv"
    catalogue.write_text("item_id,title,price\n77,new Alder backpack basic,9\n")
    config = RecommendConfig(candidates=10, count=3, catalogue=str(catalogue))
    out = tmp_path / "out"
    run(LogConfig(sessions=200, out=str(out)), config)
    found = pd.read_csv(out / "recommendations.csv")
    assert found.groupby("session_id").size().eq(3).all()
    ways = pd.read_csv(out / "metrics.csv")["way"].tolist()
    assert "probability" in ways and set(ways) <= words_drawn(out / "recall.svg")
    assert pd.read_csv(out / "caused.csv")["caused"].notna().all()


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 9, "candidates": 8}, {"bought_days": -1}])
def test_impossible_options_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        RecommendConfig(**wrong)
