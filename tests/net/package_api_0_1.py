"""All that the net asks of version 0.1 of the package. Not to be changed, nor to be run with a later one."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from cases import TEST_ROWS, Case, little_shop

from intent_tf.data.datasets import DATASETS
from intent_tf.data.event_examples import event_examples
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.simulator import simulate
from intent_tf.evaluation.calibration import calibrate
from intent_tf.evaluation.threshold import choose_threshold
from intent_tf.features.prepared import PreparedData, preprocess_data
from intent_tf.features.rows import Rows
from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.models.calibrator import Calibrator
from intent_tf.models.intent_model import IntentModel
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.training.encoder_config import EncoderConfig
from intent_tf.training.fine_tuning import fine_tune
from intent_tf.training.training import TrainingConfig, create_model, train_model

_PIECES = (
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
        left_out=source.left_out,
        positive=source.positive,
        plan=source.plan,
        seed=0,
        derived=source.derived,
        max_text_tokens=24,
        max_session_tokens=48,
        max_vocabulary=300,
        **({"pieces": _pieces()} if case.encoder else {}),
    )


def create(case: Case, data: PreparedData) -> IntentModel:
    """Create a model with the random weights of one seed."""
    keras.utils.set_random_seed(0)
    return create_model(data, _training(case), _encoder() if case.encoder else None)


def train(case: Case, model: IntentModel, data: PreparedData, folder: Path) -> None:
    """Train a model that was just created."""
    if case.encoder:
        encoding = EncoderConfig("bert", "unread", encoder_epochs=2, encoder_learning_rate=3e-3)
        fine_tune(model, data, _training(case), encoding, folder, verbose=0)
    else:
        train_model(model, data, _training(case), folder, verbose=0)


def calibrated(case: Case, model: IntentModel, data: PreparedData) -> IntentModel:
    """Fit the calibrator and choose the threshold on the validation rows."""
    calibrator = calibrate(case.calibrator, data.validation.label, model.predict(data.validation))
    return with_threshold(model.finished(calibrator, 0.5), data)


def with_calibrator(case: Case, model: IntentModel) -> IntentModel:
    """Add a calibrator that is not fitted yet."""
    calibrator = Calibrator(case.calibrator)
    calibrator.build((None,))
    return model.finished(calibrator, 0.5)


def with_threshold(model: IntentModel, data: PreparedData) -> IntentModel:
    """Choose the threshold on the validation rows."""
    threshold = choose_threshold(data.validation.label, model.predict(data.validation))
    return model.finished(model.calibrator, threshold)


def kept_rows(data: PreparedData) -> Rows:
    """Take the rows whose predictions are kept."""
    return data.test.take(np.arange(min(TEST_ROWS, len(data.test))))


def members(model: IntentModel, rows: Rows) -> np.ndarray:
    """Predict the probability of each network in the ensemble: ``(rows, networks)``."""
    batches = rows.batches(TEST_ROWS)
    return np.concatenate([tf.sigmoid(model.logits(features)).numpy() for features, *_ in batches])


def actions(model: IntentModel, rows: Rows) -> np.ndarray:
    """Predict the probabilities of what shoppers do at most: ``(rows, actions)``."""
    return model.predict_actions(rows).to_numpy()


def parts(model: IntentModel) -> Mapping[str, keras.layers.Layer]:
    """Name the layers that hold what is learnt; what is only adapted to rows, the preprocessor, is none."""
    found = {f"extractor/{name}": layer for name, layer in model.extractor.parts.items()}
    found |= {name: getattr(model, name) for name in ("predictor", "wide", "calibrator", "actions")}
    return {name: layer for name, layer in found.items() if layer is not None}


def learnt(model: IntentModel) -> list[keras.Variable]:
    """All weights that are somewhere in `parts`."""
    adapted = {id(weight) for weight in model.preprocessor.weights}
    return [weight for weight in model.weights if id(weight) not in adapted]


def _source(name: str, case: Case) -> ExampleSource:
    if name == "bert":
        return ExampleSource(little_shop(case.rows), "bought", kinds={"title": "text"})
    if name == "simulator":
        label = "strength" if case.graded else "purchase"
        return event_examples(simulate(400, seed=0), definition=ExampleDefinition(label=label))
    return DATASETS[name].examples()


def _training(case: Case) -> TrainingConfig:
    return TrainingConfig(
        epochs=3,
        batch_size=64,
        learning_rate=0.01,
        averaging=0.9,
        members=4,
        filters=8,
        dimension=8,
        kernel_sizes=case.kernel_sizes,
        augment=case.augment,
    )


def _pieces() -> WordPieceIds:
    return WordPieceIds(32, vocabulary=_PIECES)


def _encoder() -> BertEncoder:
    return BertEncoder(BertTransformer(len(_PIECES), layers=2, width=16, heads=2, positions=32), _pieces())
