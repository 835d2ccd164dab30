"""`train --update` goes on from a model, and keeps it where it is the better on the newest rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.evaluate import main as evaluate
from intent_tf.serving.loading import load_model
from intent_tf.serving.versions import versions
from intent_tf.train import main as train

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(make_shop, quick, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one version."""
    folder = tmp_path_factory.mktemp("update")
    make_shop(400, seed=1).to_parquet(folder / "rows.parquet")
    kinds = "--kinds=browser=category,title=text"
    train(["--data", str(folder / "rows.parquet"), kinds, "--out", str(folder / "shop"), "--quiet", *quick])
    return folder / "shop"


def update(base: Path, rows: pd.DataFrame, *options: str) -> None:
    rows.assign(day=range(len(rows))).to_parquet(base.parent / "new.parquet")
    given = ["--update", str(base), "--data", str(base.parent / "new.parquet"), "--time=day"]
    train([*given, *options])


def test_a_better_model_becomes_the_next_version(
    base: Path, make_shop, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = make_shop(800, seed=2)
    rows["month"] = np.where(rows.index % 4 == 0, "Jul", rows["month"])
    update(base, rows, "--epochs=8", "--parts=network,trees")
    told = capsys.readouterr().out
    assert list(versions(base)) == [1, 2]
    assert "newest rows: 0." in told and 'version_labels { key: "stable" value: 2 }' in told
    before, now = (load_model(base / str(number)).preprocessor for number in (1, 2))
    assert now.vocabularies == before.vocabularies
    assert now.specification.seen["month"].unknown > 0.2
    evaluate([str(base), "--data", str(base.parent / "new.parquet")])
    assert "No need to retrain" in capsys.readouterr().out


def test_a_worse_model_is_not_written(base: Path, make_shop) -> None:
    rows, there = make_shop(800, seed=3), versions(base)
    older = rows.index < 600
    rows.loc[older, "bought"] = 1 - rows.loc[older, "bought"]  # which teaches the opposite of the truth
    with pytest.raises(InputError, match=r"newest rows: 0\.\d+ of the model at hand, \d\.\d+ of the new one"):
        update(base, rows, "--epochs=8", "--parts=network", "--quiet")
    assert versions(base) == there
    assert {entry.name for entry in base.iterdir()} == {str(number) for number in there}
