"""What `train --update` does beside training: it opens the model at hand, and keeps it if it is better."""

from pathlib import Path

from intent_tf.columns.subword_preprocessor import SubwordPreprocessor
from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate
from intent_tf.models.intent_model import IntentModel
from intent_tf.serving.loading import find_model, load_model


def model_to_update(path: str, *, trust: bool) -> IntentModel:
    """Load the model that is to be trained again.

    Raises:
        InputError: If there is none, another minor version wrote it, or it has an encoder.
    """
    model = load_model(path, trust=trust)
    if isinstance(model.preprocessor, SubwordPreprocessor):
        raise InputError(
            "the model has an encoder of texts, which is fine-tuned from its own weights",
            file=path,
            remedy="train anew with --encoder",
        )
    return model


def versions_of(path: str) -> Path:
    """Find the folder of versions that a model stands in, which the next version goes to."""
    folder = find_model(path).parent
    return folder.parent if folder.name.isdecimal() else folder


def refuse_worse(before: Predictions, now: Predictions) -> str:
    """Compare two models on the same held-out rows, and say the log loss of both.

    Raises:
        InputError: If the model from before is better.
    """
    losses = evaluate(before).log_loss, evaluate(now).log_loss
    told = "log loss on the {:,} newest rows: {:.4f} of the model at hand, {:.4f} of the new one".format(
        len(now), *losses
    )
    if losses[0] < losses[1]:
        raise InputError(
            f"{told}: no new version is written",
            remedy="keep the model at hand, or train anew on older rows too, without --update",
        )
    return told


def promotion(version: str | Path) -> str:
    """Say how TF Serving's clients of a label get a version."""
    version = Path(version).resolve()
    return (
        f"to promote it, in TF Serving's model configuration of {version.parent.name!r}: "
        f'version_labels {{ key: "stable" value: {version.name} }}'
    )
