"""All that the net asks of the package: a new name of a function or an option goes in here, and nowhere else.

`package_api_0_1` is this file as it was for version 0.1, and stays as it is.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from cases import TEST_ROWS, Case, little_shop

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.columns.rows import Rows
from intent_tf.data.cleaning import row_fingerprints
from intent_tf.data.datasets import DATASETS
from intent_tf.data.event_examples import event_examples
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.predictions import Predictions
from intent_tf.data.splitting import SplitPlan
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.layers.calibrator import Calibrator
from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.simulator.simulator import simulate
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.training.calibration import calibrate
from intent_tf.training.fine_tuning import fine_tune
from intent_tf.training.training import create_model, train_model

_SUBWORDS = (
    *SPECIAL,
    *string.ascii_lowercase,
    *(f"##{letter}" for letter in string.ascii_lowercase),
    *("love", "dull", "bad", "red", "hat", "cap", "bag", "[browse]", "[click]", "[cart]"),
)


def prepare(name: str, case: Case) -> PreparedData:
    """Prepare the rows of a case."""
    source = _source(name, case)
    return preprocess_data(
        source.frame.head(case.rows),
        source.label,
        kinds=source.kinds,
        excluded=source.excluded,
        positive=source.positive,
        plan=source.plan,
        seed=0,
        derived=source.derived,
        max_text_tokens=24,
        max_session_tokens=48,
        max_vocabulary=300,
        **({"subwords": _subwords()} if case.encoder else {}),
    )


def create(case: Case, data: PreparedData) -> IntentModel:
    """Create a model with the random weights of one seed."""
    keras.utils.set_random_seed(0)
    return create_model(data, _training(case), _encoder() if case.encoder else None)


def train(case: Case, model: IntentModel, data: PreparedData, folder: Path) -> None:
    """Train a model that was just created."""
    if case.encoder:
        encoding = EncoderConfig("unread", encoder_epochs=2, encoder_learning_rate=3e-3)
        fine_tune(model, data, _training(case), encoding, folder, verbose=0)
    else:
        train_model(model, data, _training(case), folder, verbose=0)


def calibrated(case: Case, model: IntentModel, data: PreparedData) -> IntentModel:
    """Fit the calibrator and choose the threshold on the validation rows."""
    calibrator = calibrate(
        case.calibrator, Predictions.unweighted(data.validation.label, model.predict(data.validation))
    )
    return with_threshold(model.with_calibration(calibrator, 0.5), data)


def with_calibrator(case: Case, model: IntentModel) -> IntentModel:
    """Add a calibrator that is not fitted yet."""
    calibrator = Calibrator(case.calibrator)
    calibrator.build((None,))
    return model.with_calibration(calibrator, 0.5)


def with_threshold(model: IntentModel, data: PreparedData) -> IntentModel:
    """Choose the threshold on the validation rows."""
    threshold = choose_threshold(
        Predictions.unweighted(data.validation.label, model.predict(data.validation))
    )
    return model.with_calibration(model.calibrator, threshold)


def kept_rows(data: PreparedData) -> Rows:
    """Take the rows whose predictions are kept."""
    return data.test.take(np.arange(min(TEST_ROWS, len(data.test))))


def members(model: IntentModel, rows: Rows) -> np.ndarray:
    """Predict the probability of each network in the ensemble: ``(rows, networks)``."""
    batches = rows.batches(TEST_ROWS)
    said = [model.feature_model.said(model.feature_model(features))["members"] for features, *_ in batches]
    return np.concatenate([members.numpy() for members in said])


def actions(model: IntentModel, rows: Rows) -> np.ndarray:
    """Predict the probabilities of what shoppers do at most: ``(rows, actions)``."""
    return model.predict_actions(rows).to_numpy()


def parts(model: IntentModel) -> Mapping[str, keras.layers.Layer]:
    """Name the layers that hold what is learnt; what is only adapted to rows is none of them."""
    found = {f"extractor/{name}": layer for name, layer in model.extractor.parts.items()}
    found |= {name: getattr(model, name) for name in ("predictor", "wide", "calibrator", "actions")}
    return {name: layer for name, layer in found.items() if layer is not None}


def learnt(model: IntentModel) -> list[keras.Variable]:
    """All weights that are somewhere in `parts`."""
    only_adapted = (model.preprocessor, model.base_rate)
    adapted = {id(weight) for layer in only_adapted if layer is not None for weight in layer.weights}
    return [weight for weight in model.weights if id(weight) not in adapted]


def renamed(stored: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    """Name and shape weights that version 0.1 stored as this one does."""
    return stored


def _source(name: str, case: Case) -> ExampleSource:
    if name == "bert":
        frame = little_shop(case.rows)
        # Version 0.1 kept equal rows in one part, also those that are alike by chance.
        frame = frame.assign(alike=row_fingerprints(frame.drop(columns="bought")))
        return ExampleSource(frame, "bought", kinds={"title": "text"}, plan=SplitPlan(group="alike"))
    if name == "simulator":
        label = "action_level" if case.graded else "purchase"
        return event_examples(simulate(400, seed=0), definition=ExampleDefinition(label=label))
    return DATASETS[name].examples()


def _training(case: Case) -> TrainingConfig:
    return TrainingConfig(
        epochs=3,
        batch_size=64,
        learning_rate=0.01,
        ema_momentum=0.9,
        ensemble_size=4,
        filters=8,
        output_dim=8,
        kernel_sizes=case.kernel_sizes,
        augment=case.augment,
    )


def _subwords() -> WordPieceIds:
    return WordPieceIds(32, vocabulary=_SUBWORDS)


def _encoder() -> BertEncoder:
    return BertEncoder(
        BertTransformer(len(_SUBWORDS), num_layers=2, hidden_dim=16, num_heads=2, max_sequence_length=32),
        _subwords(),
    )
