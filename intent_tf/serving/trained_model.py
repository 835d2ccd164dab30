"""A trained model as `predict` and `evaluate` need it, whichever way it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from intent_tf.errors import InputError
from intent_tf.serving.loading import find_version, load_model
from intent_tf.serving.model_facts import ModelFacts, read_facts
from intent_tf.serving.served_model import ServedModel


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
    """

    scorer: Scorer
    facts: ModelFacts


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
        specification = model.preprocessor.specification
        return TrainedModel(model, ModelFacts(specification.label, specification.positive, model.threshold))
    file = location / "model.keras"
    facts = read_facts(file) if file.is_file() else ModelFacts()
    if facts.holds_foreign_graph and not trust:
        raise InputError(
            "the model holds the graph of a foreign SavedModel, which can read and write files",
            file=location,
            remedy="if you trust who made it, pass --trust",
        )
    return TrainedModel(ServedModel(location), facts)
