"""What a bandit sees of a prediction time: the intent model's last layer, in a few numbers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit

from intent_tf.columns.rows import Rows
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel


def last_layer(model: IntentModel, examples: pd.DataFrame) -> np.ndarray:
    """Compute what the model's logit is linear in, as the mean over the ensemble.

    Args:
        model: A trained model.
        examples: Raw columns, one prediction time a row.

    Returns:
        Float64 ``(prediction_times, width)``.

    Raises:
        InputError: If there are no rows, or a column is not usable.
    """
    rows = Rows.of(examples, model.preprocessor, np.zeros(len(examples)))
    batches = [
        model.predictor.last_layer(model.extractor(features, training=False), training=False).numpy()
        for features, _, _ in rows.batches(1024)
    ]
    return np.concatenate(batches).mean(axis=1).astype(np.float64)


@dataclass(frozen=True)
class Contexts:
    """Directions in which a model's last layer varies most, with the probability and a constant beside them.

    Args:
        mean: Mean output of the last layer, ``(width,)``.
        directions: Directions of the most variance, scaled to unit variance, ``(width, components)``.
        probability_mean: Mean logit of the probability.
        probability_deviation: Standard deviation of the logit of the probability.
    """

    mean: np.ndarray
    directions: np.ndarray
    probability_mean: float
    probability_deviation: float

    @classmethod
    def fit(cls, model: IntentModel, examples: pd.DataFrame, components: int = 6) -> "Contexts":
        """Find the directions by principal components.

        Args:
            model: A trained model.
            examples: PredictionTimes that are used for nothing else.
            components: How many directions, from 1; fewer are kept where the layer varies in fewer.

        Raises:
            InputError: If there are no more prediction times than components.
        """
        if not 1 <= components < len(examples):
            raise InputError(
                f"{components} components of {len(examples)} prediction times",
                expected="at least 1, fewer than prediction times",
            )
        layer, probability = last_layer(model, examples), _logit(model, examples)
        mean = layer.mean(axis=0)
        _, spread, rows = np.linalg.svd(layer - mean, full_matrices=False)
        kept = spread[:components] > 1e-6 * spread[0]
        scale = np.sqrt(len(layer)) / spread[:components][kept]
        directions = (rows[:components][kept] * scale[:, None]).T
        return cls(mean, directions, float(probability.mean()), float(probability.std()) or 1.0)

    def of(self, model: IntentModel, examples: pd.DataFrame) -> np.ndarray:
        """Return contexts: 1, the standardised logit, the components; ``(prediction_times, features)``."""
        probability = (_logit(model, examples) - self.probability_mean) / self.probability_deviation
        components = (last_layer(model, examples) - self.mean) @ self.directions
        return np.column_stack([np.ones(len(examples)), probability, components])


def _logit(model: IntentModel, examples: pd.DataFrame) -> np.ndarray:
    probabilities: np.ndarray = logit(np.clip(model.predict(examples).astype(np.float64), 1e-6, 1 - 1e-6))
    return probabilities


def probability_fifths(probabilities: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Tell in which fifth of the probabilities of other prediction times each one lies, as an indicator.

    Args:
        probabilities: Probabilities, ``(prediction_times,)``.
        like: Probabilities of the prediction times whose fifths are used.

    Returns:
        Zeros and a one, ``(prediction_times, 5)``, the weakest fifth first.

    Example:
        >>> probability_fifths(np.array([0.05, 0.95]), np.linspace(0, 1, 101)).argmax(axis=1).tolist()
        [0, 4]
    """
    edges = np.quantile(like, [0.2, 0.4, 0.6, 0.8])
    return np.eye(5)[np.searchsorted(edges, probabilities, side="right")]
