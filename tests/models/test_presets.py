"""What the two presets reach on real text: the reason why the article's bottleneck is not the default."""

from __future__ import annotations

import os
from pathlib import Path

import keras
import pytest
from sklearn.metrics import roc_auc_score

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.datasets import DATASETS
from intent_tf.options.training import Preset, TrainingConfig
from intent_tf.training.training import create_model, train_model

FOLDER = Path(os.environ.get("INTENT_TF_DATA", ""), "womens-clothing-reviews")
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="INTENT_TF_DATA names no folder with the reviews")


@pytest.fixture(scope="module")
def reviews() -> PreparedData:
    source = DATASETS["clothing_reviews"].examples()
    return preprocess_data(
        source.frame.head(3000), source.label, kinds=source.kinds, excluded=source.excluded
    )


def auroc(data: PreparedData, preset: Preset, folder: Path) -> float:
    config = TrainingConfig(preset=preset, epochs=4, output_dim=32, filters=32, ensemble_size=2)
    keras.utils.set_random_seed(0)
    model = create_model(data, config)
    train_model(model, data, config, folder, verbose=0)
    return float(roc_auc_score(data.test.label, model.predict(data.test)))


@pytest.mark.guard
def test_the_article_as_printed_does_not_learn_from_text(reviews: PreparedData, tmp_path: Path) -> None:
    assert auroc(reviews, "article", tmp_path) < 0.65


@pytest.mark.guard
def test_the_same_extractor_without_the_bottleneck_does(reviews: PreparedData, tmp_path: Path) -> None:
    assert auroc(reviews, "default", tmp_path) > 0.9
