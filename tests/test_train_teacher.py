"""`train --teacher`: a fine-tuned encoder teaches the fast model, from raw tables to what is served."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import preprocess_data
from intent_tf.errors import InputError
from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.serving.loading import load_model
from intent_tf.serving.served_model import ServedModel
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.train import main

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")


@pytest.fixture(scope="module")
def shop(make_shop) -> pd.DataFrame:
    return make_shop()[["title", "pages", "bought"]]


@pytest.fixture(scope="module")
def teacher(shop: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT; it has learnt nothing, but its probabilities differ from row to row."""
    keras.utils.set_random_seed(0)
    subwords = WordPieceIds(16, vocabulary=(*SPECIAL, "love", "bad", "red", "hat", "cap", "bag"))
    data = preprocess_data(shop, "bought", kinds={"title": "text"}, subwords=subwords)
    encoder = BertEncoder(
        BertTransformer(11, num_layers=1, hidden_dim=8, num_heads=2, max_sequence_length=16), subwords
    )
    model = build_model(
        data, build_feature_extractor(data, encoder=encoder), build_predictor(ensemble_size=2)
    )
    file = tmp_path_factory.mktemp("teacher") / "model.keras"
    model.save(file)
    return file


@pytest.mark.slow
def test_a_student_is_measured_beside_its_teacher_and_served(
    quick: tuple[str, ...], shop: pd.DataFrame, teacher: Path, tmp_path: Path, capsys
) -> None:
    table, out = tmp_path / "shop.csv", tmp_path / "model"
    shop.to_csv(table, index=False)
    shop.drop(columns="bought").head(30).to_csv(tmp_path / "more.csv", index=False)
    distil = ["--teacher", str(teacher)]
    more = ["--unlabelled", str(tmp_path / "more.csv")]
    main(["--data", str(table), *quick, "--kinds", "title=text", *distil, *more, "--out", str(out)])
    told = capsys.readouterr().out
    rows = int(told.split("rows of train, validation, test: ")[1].split(",")[0])
    assert f"the teacher scored {2 * rows + 30} rows" in told
    metrics = json.loads((out / "1" / "metrics.json").read_text())
    assert metrics["baselines"]["teacher"]["log_loss"] > 0 and "\nteacher" in told
    student = load_model(out / "1")
    assert student.count_params() > 0
    served = ServedModel(out / "1").predict(shop)
    np.testing.assert_allclose(served, student.predict(shop), rtol=0, atol=1e-6)


def test_a_teacher_that_needs_another_column_is_told(
    quick, shop: pd.DataFrame, teacher: Path, tmp_path: Path
) -> None:
    table = tmp_path / "shop.csv"
    shop.drop(columns="title").assign(seconds=np.arange(240) % 7 + 0.5).to_csv(table, index=False)
    with pytest.raises(InputError, match="title"):
        main(["--data", str(table), *quick, "--teacher", str(teacher), "--out", str(tmp_path / "model")])
