"""How strongly a shopper intends to buy, as a calibrated probability, from behaviour and text.

Raw columns in, intent strength out: `preprocess_data` cleans, splits and learns a `Preprocessor` from
training rows; `build_feature_extractor`, `build_predictor` and `build_model` join it to an `IntentModel`, a
Keras model whose exported graph holds every transformation that a prediction depends on.

Names are imported when they are first used, so that ``--help`` need not wait for TensorFlow.

Example:
    >>> import intent_tf
    >>> log = intent_tf.simulate(sessions=300, seed=0)
    >>> examples = intent_tf.prepare_examples(log).examples
    >>> data = intent_tf.preprocess_data(
    ...     examples, "purchase", drop=["user_id", "session_id", "prediction_time", "events"],
    ...     plan=intent_tf.SplitPlan(group="user_id"), verbose=False)
    >>> extractor, predictor = intent_tf.build_feature_extractor(data), intent_tf.build_predictor()
    >>> model = intent_tf.build_model(data, extractor, predictor)
    >>> model.predict(data.test.frame).shape == (len(data.test),)
    True
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

from intent_tf.options.registration import register_with_keras
from intent_tf.version import __version__

# TensorFlow's start-up chatter hides what a notebook prints; whoever sets the variable keeps it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

if TYPE_CHECKING:
    from intent_tf.columns.prepared import preprocess_data
    from intent_tf.data.example_definition import ExampleDefinition
    from intent_tf.data.examples import prepare_examples
    from intent_tf.data.splitting import SplitPlan
    from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
    from intent_tf.models.intent_model import IntentModel
    from intent_tf.runs.from_booster import from_booster
    from intent_tf.serving.loading import load_model
    from intent_tf.simulator.simulator import simulate

__all__ = [
    "ExampleDefinition",
    "IntentModel",
    "SplitPlan",
    "__version__",
    "build_feature_extractor",
    "build_model",
    "build_predictor",
    "from_booster",
    "load_model",
    "prepare_examples",
    "preprocess_data",
    "simulate",
]

_MODULES = {
    "ExampleDefinition": "data.example_definition",
    "IntentModel": "models.intent_model",
    "SplitPlan": "data.splitting",
    "build_feature_extractor": "models.build",
    "build_model": "models.build",
    "build_predictor": "models.build",
    "from_booster": "runs.from_booster",
    "load_model": "serving.loading",
    "prepare_examples": "data.examples",
    "preprocess_data": "columns.prepared",
    "simulate": "simulator.simulator",
}
#: Importing it registers with Keras every class that a saved model may hold.
_REGISTERS = "intent_tf.serving.loading"


def __getattr__(name: str) -> Any:
    """Import a public name, or a room, when it is first used (PEP 562)."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"intent_tf.{_MODULES[name]}"), name)
    try:
        return importlib.import_module(f"intent_tf.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"intent_tf.{name}":
            raise
        raise AttributeError(f"module 'intent_tf' has no attribute {name!r}") from None


def __dir__() -> list[str]:
    """List the public names."""
    return __all__


register_with_keras(_REGISTERS)
