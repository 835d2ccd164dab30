"""A model of intent for a decision: trained on a log's past, asked about its present."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import keras
import pandas as pd

from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.data.splitting import SplitPlan
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.source import Kind
from intent_tf.options.training import TrainingConfig
from intent_tf.training.training import create_model, train_model

#: Columns of the example table that say which example it is.
IDENTIFIERS = ("user_id", "session_id", "prediction_time", "events")

#: A model that two cores train in about a minute on some thousand examples.
SMALL = TrainingConfig(epochs=12, patience=3, ensemble_size=4, filters=32, output_dim=32, batch_size=128)


def fit_model(
    examples: pd.DataFrame,
    label: str = "purchase",
    *,
    drop: Sequence[str] = (),
    kinds: Mapping[str, Kind] | None = None,
    weight: str | None = None,
    training: TrainingConfig = SMALL,
    seed: int = 0,
) -> IntentModel:
    """Train a model on examples; validation users, of which none trains it, say when to stop.

    Args:
        examples: Examples whose outcome is known, with ``user_id``.
        label: Label column of zeros and ones.
        drop: Further columns that must not be features, beside `IDENTIFIERS`.
        kinds: Kinds of columns known better than inferred.
        weight: Column of positive weights of the rows; by default they all weigh 1.
        training: The model and how it is trained.
        seed: Of the split, the weights and the order of rows.

    Raises:
        InputError: If all labels are alike: nothing can be learnt then.
    """
    if examples[label].nunique() < 2:
        value = examples[label].iloc[0] if len(examples) else "nothing"
        raise InputError(
            f"all {len(examples)} labels {label!r} are {value}",
            expected="examples of both outcomes",
            remedy="take a longer window or another horizon",
        )
    keras.utils.set_random_seed(seed)
    plan = SplitPlan(test_fraction=0.1, validation_fraction=0.15, group="user_id")
    identifiers = [name for name in IDENTIFIERS[1:] if name in examples.columns]
    data = preprocess_data(
        examples,
        label,
        kinds=kinds,
        drop=[*identifiers, *drop],
        weight=weight,
        plan=plan,
        seed=seed,
        verbose=False,
    )
    model = create_model(data, training)
    with tempfile.TemporaryDirectory() as folder:
        train_model(model, data, training, Path(folder), seed=seed, verbose=0)
    return model


def fit_intent(log: pd.DataFrame, *, training: TrainingConfig = SMALL, seed: int = 0) -> IntentModel:
    """Train the model of purchases on the sessions of a log.

    Raises:
        InputError: If no session, or every one, ends in a purchase.
    """
    return fit_model(prepare_examples(log).examples, training=training, seed=seed)


def session_probabilities(model: IntentModel, log: pd.DataFrame) -> pd.DataFrame:
    """Score each session of a log at its last prediction time before a cart or purchase.

    Args:
        model: From `fit_intent`.
        log: Events; a session that begins in the cart has no such prediction time.

    Returns:
        ``user_id, session_id, prediction_time, intent_strength``, one row a session.
    """
    examples = prepare_examples(log, ExampleDefinition(prediction_times="last")).examples
    return examples[["user_id", "session_id", "prediction_time"]].assign(
        intent_strength=model.predict(examples)
    )
