"""A trained model as `predict` and `evaluate` need it, and what its file says of it."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import pandas as pd

from intent_tf.data.specification import FeatureSpecification, PositiveLabel
from intent_tf.errors import InputError
from intent_tf.models.bert.hub_saved_model import HubSavedModel
from intent_tf.serving.graph_trust import untrusted_ops
from intent_tf.serving.loading import find_version, load_model
from intent_tf.serving.served_model import ServedModel


@dataclass(frozen=True)
class ModelFacts:
    """What a SavedModel's signature does not say of its model.

    Args:
        label: The label column that it was trained on; empty if that is not known.
        positive: The label's values that count as a purchase; see `FeatureSpecification`.
        threshold: Probability from which on a purchase is predicted; None if that is not known.
        weight: The column of sample weights that it was trained with; None if it had none.
        holds_foreign_graph: Whether its encoder is a SavedModel that somebody else made.
        negative: The label's values that count as none; None for all others.
    """

    label: str = ""
    positive: PositiveLabel = None
    threshold: float | None = None
    weight: str | None = None
    holds_foreign_graph: bool = False
    negative: tuple[str, ...] | None = None


def read_facts(file: str | Path) -> ModelFacts:
    """Read them from a ``.keras`` file of this or an earlier version of the package.

    Args:
        file: ``model.keras`` of a version folder. It is a ZIP archive with the configuration as JSON, in
            which every version has written the label and the threshold at the same place.

    Raises:
        InputError: If it is no such file.
    """
    file = Path(file)
    try:
        with zipfile.ZipFile(file) as archive:
            model = json.loads(archive.read("config.json"))
        config = model["config"]
        specification = config["preprocessor"]["config"]["specification"]
        positive, negative = specification["positive"], specification.get("negative")
        return ModelFacts(
            specification["label"],
            tuple(positive) if isinstance(positive, list) else positive,
            config["threshold"],
            specification.get("weight"),
            _holds(model, keras.saving.get_registered_name(HubSavedModel)),
            None if negative is None else tuple(negative),
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


class Scorer(Protocol):
    """Gives probabilities of raw columns, as `IntentModel`, `ServedModel` and `Client` do."""

    def predict(self, rows: pd.DataFrame, /, *, batch_size: int | None = None) -> np.ndarray:
        """Compute the probabilities of rows, float32 ``(rows,)``, so many rows at once."""
        ...


@dataclass(frozen=True)
class TrainedModel:
    """A model, and what it was trained for.

    Args:
        scorer: Gives its probabilities.
        facts: Its label and its threshold, as far as they are known.
        specification: Its raw columns.
    """

    scorer: Scorer
    facts: ModelFacts
    specification: FeatureSpecification


def open_model(path: str | Path, *, trust: bool = False) -> TrainedModel:
    """Open a trained model the way that works for every version of the package.

    The SavedModel of a version folder runs as it was exported, without a class of the version that wrote it.
    Where a folder holds none, or the path is that of a ``.keras`` file, Keras loads the model.

    Args:
        path: A version folder, a folder of versions (the newest is taken), or a ``.keras`` file.
        trust: Run the model also if its encoder is a SavedModel that somebody else made.

    Raises:
        InputError: If there is no model, it cannot be loaded, or it is not trusted.
        MissingExtraError: If it cuts documents into subwords, and TF Text is not installed.

    Example:
        >>> model = open_model("saved_models/shop")  # doctest: +SKIP
        >>> model.scorer.predict(frame)  # doctest: +SKIP
        array([0.0183, 0.7421], dtype=float32)
    """
    location = find_version(path)
    if not (location / "saved_model.pb").is_file():
        model = load_model(location, trust=trust)
        own = model.preprocessor.specification
        facts = ModelFacts(own.label, own.positive, model.threshold, own.weight, negative=own.negative)
        return TrainedModel(model, facts, own)
    served, facts = open_saved_model(location, trust=trust)
    return TrainedModel(served, facts, served.specification)


def open_saved_model(folder: str | Path, *, trust: bool = False) -> tuple[ServedModel, ModelFacts]:
    """Load the SavedModel of a version folder, and read what the ``.keras`` file beside it says.

    Args:
        folder: A version folder.
        trust: Run the model also if its encoder is a SavedModel that somebody else made, or its graph has
            operations that could read, write or send something.

    Raises:
        InputError: If it cannot be loaded, or is not trusted.
        MissingExtraError: If it cuts documents into subwords, and TF Text is not installed.
    """
    file = Path(folder, "model.keras")
    facts = read_facts(file) if file.is_file() else ModelFacts()
    ops = [] if trust else untrusted_ops(folder)
    if ops or (facts.holds_foreign_graph and not trust):
        raise InputError(
            f"the model holds the graph of a foreign SavedModel{f' ({ops[0]})' if ops else ''}, which can "
            "read and write files",
            file=folder,
            remedy="if you trust who made it, pass --trust",
        )
    return ServedModel(folder), facts
