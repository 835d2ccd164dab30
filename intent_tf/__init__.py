"""How strongly a shopper intends to buy, as a calibrated probability, from behaviour and text.

Raw columns in, strength out: `preprocess_data` cleans, splits and learns a `Preprocessor` from training
rows; `build_feature_extractor`, `build_predictor` and `build_model` join it to an `IntentModel`, a Keras
model whose exported graph holds every transformation that a prediction depends on.

Example:
    >>> import intent_tf
    >>> log = intent_tf.simulate(sessions=300, seed=0)
    >>> examples = intent_tf.prepare_examples(log).examples
    >>> data = intent_tf.preprocess_data(
    ...     examples, "purchase", drop=["user_id", "session_id", "moment", "events"],
    ...     plan=intent_tf.SplitPlan(group="user_id"))
    >>> extractor, predictor = intent_tf.build_feature_extractor(data), intent_tf.build_predictor()
    >>> model = intent_tf.build_model(data, extractor, predictor)
    >>> model.predict(data.test.frame).shape == (len(data.test),)
    True
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

# TensorFlow's start-up chatter hides what a verb prints; whoever sets the variable keeps it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from intent_tf.version import __version__

if TYPE_CHECKING:
    from intent_tf.data.example_definition import ExampleDefinition
    from intent_tf.data.examples import prepare_examples
    from intent_tf.data.simulator import simulate
    from intent_tf.data.splitting import SplitPlan
    from intent_tf.features.prepared import preprocess_data
    from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
    from intent_tf.models.intent_model import IntentModel
    from intent_tf.serving.loading import load_model

_HOMES = {
    "ExampleDefinition": "intent_tf.data.example_definition",
    "IntentModel": "intent_tf.models.intent_model",
    "SplitPlan": "intent_tf.data.splitting",
    "build_feature_extractor": "intent_tf.models.build",
    "build_model": "intent_tf.models.build",
    "build_predictor": "intent_tf.models.build",
    "load_model": "intent_tf.serving.loading",
    "prepare_examples": "intent_tf.data.examples",
    "preprocess_data": "intent_tf.features.prepared",
    "simulate": "intent_tf.data.simulator",
}

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


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that importing the package stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
