"""How strongly a shopper intends to buy, as a calibrated probability, from behaviour and text.

Raw columns in, probability out: `preprocess_data` cleans, splits and learns a `Preprocessor` from training
rows; `build_feature_extractor`, `build_predictor` and `build_model` join it to an `IntentModel`, a Keras
model whose exported graph holds every transformation that a prediction depends on.

Example:
    >>> import intent_tf
    >>> log = intent_tf.simulate(sessions=300, seed=0)
    >>> examples = intent_tf.prepare_examples(log).examples
    >>> data = intent_tf.preprocess_data(
    ...     examples, "purchase", drop=["user_id", "session_id", "prediction_time", "events"],
    ...     plan=intent_tf.SplitPlan(group="user_id"))
    >>> extractor, predictor = intent_tf.build_feature_extractor(data), intent_tf.build_predictor()
    >>> model = intent_tf.build_model(data, extractor, predictor)
    >>> model.predict(data.test.frame).shape == (len(data.test),)
    True
"""

from __future__ import annotations

import os

# TensorFlow's start-up chatter hides what a verb prints; whoever sets the variable keeps it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# Importing the models registers them with Keras: `keras.models.load_model` then needs no `custom_objects`.
from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.data.splitting import SplitPlan
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.serving.loading import load_model
from intent_tf.simulator.simulator import simulate
from intent_tf.version import __version__

__all__ = [
    "ExampleDefinition",
    "IntentModel",
    "SplitPlan",
    "__version__",
    "build_feature_extractor",
    "build_model",
    "build_predictor",
    "load_model",
    "prepare_examples",
    "preprocess_data",
    "simulate",
]
