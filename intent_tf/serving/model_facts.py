"""What a ``.keras`` file says of its model, read without loading a class, for running its SavedModel."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from intent_tf.errors import InputError
from intent_tf.models.bert.hub_saved_model import HubSavedModel


@dataclass(frozen=True)
class ModelFacts:
    """What a SavedModel's signature does not say of its model.

    Args:
        label: The label column that it was trained on; empty if that is not known.
        positive: The label's value that counts as a purchase, as text; None where labels are 0 and 1.
        threshold: Probability from which on a purchase is predicted; None if that is not known.
        holds_foreign_graph: Whether its encoder is a SavedModel that somebody else made.
    """

    label: str = ""
    positive: str | None = None
    threshold: float | None = None
    holds_foreign_graph: bool = False


def read_facts(file: Path) -> ModelFacts:
    """Read them from a ``.keras`` file of this or an earlier version of the package.

    Args:
        file: ``model.keras`` of a version folder. It is a ZIP archive with the configuration as JSON, in
            which every version has written the label and the threshold at the same place.

    Raises:
        InputError: If it is no such file.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            model = json.loads(archive.read("config.json"))
        config = model["config"]
        specification = config["preprocessor"]["config"]["specification"]
        return ModelFacts(
            specification["label"],
            specification["positive"],
            config["threshold"],
            _holds(model, keras.saving.get_registered_name(HubSavedModel)),
        )
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"cannot be read as a model ({error})",
            file=file,
            expected="the file that `python -m intent_tf.train` wrote",
            remedy="without it the SavedModel runs too, and `evaluate` takes --label and --threshold",
        ) from error


def _holds(value: Any, name: str) -> bool:
    """Tell whether an object of a registered class is anywhere in a configuration."""
    if isinstance(value, dict):
        return value.get("registered_name") == name or any(_holds(each, name) for each in value.values())
    return isinstance(value, list) and any(_holds(each, name) for each in value)
