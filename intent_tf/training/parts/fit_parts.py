"""Fits the parts of a model beside its network, and stacks them."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import keras
import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from intent_tf.columns.prepared import PreparedData
from intent_tf.data.predictions import FloatArray, Labels
from intent_tf.layers.logit import logit
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.outputs import STRENGTH
from intent_tf.models.parts.part_stack import PartStack
from intent_tf.options.training import Part
from intent_tf.training.parts.boosting import fit_trees
from intent_tf.training.parts.linear import fit_linear
from intent_tf.training.parts.part_rows import PartRows, log_loss

#: How much a weight's squared distance from an equal share costs, in nats of all rows together.
_SHRINKAGE = 30.0
_FITS: dict[Part, Callable[..., tuple[keras.layers.Layer, FloatArray]]] = {
    "trees": fit_trees,
    "linear": fit_linear,
}


def fit_parts(model: IntentModel, data: PreparedData, parts: Sequence[Part], seed: int = 0) -> IntentModel:
    """Fit the parts beside a trained network, and how much each counts.

    Trees and linear part learn from training rows. Those that make the mean logit of their folds worse are
    left out; how much the others and the network count is fitted on validation rows.

    Args:
        model: A model whose network is trained.
        data: The rows that it was trained with.
        parts: Which parts the model may have.
        seed: Seed of folds and trees.

    Returns:
        A model that shares the network's layers; the model itself where nothing can be added to it: its
        table has no numbers or categories, or less than 20 training rows of a class.
    """
    rows = PartRows.of(data.train, data.split.group)
    wanted = [part for part in _FITS if part in parts]
    if not wanted or not rows.features or min(rows.labels.effective_sizes) < 20:
        return model
    fitted = {part: _FITS[part](rows, seed) for part in wanted}
    helpful = _helpful({part: logits for part, (_, logits) in fitted.items()}, rows.labels)
    stack = PartStack({part: fitted[part][0] for part in helpful}, name="stack")
    validation = data.validation
    # Not by `predict`, which would compile a graph for a few batches.
    said = np.concatenate(
        [
            np.column_stack([logit(model.output_model(features)[STRENGTH]), stack(features)])
            for features, *_ in validation.batches(model.rows_at_once)
        ]
    )
    labels = Labels(validation.label, validation.weight)
    weights, bias = stacking_weights(said, labels)
    stack.assign(weights.tolist(), bias)
    return model.with_parts(stack=stack)


def _helpful(logits: Mapping[Part, FloatArray], labels: Labels) -> tuple[Part, ...]:
    """Choose the parts whose mean logit has the lowest log loss; the first ones if none is lower."""
    choices = [chosen for size in range(1, len(logits) + 1) for chosen in combinations(logits, size)]
    return min(
        choices, key=lambda chosen: log_loss(labels, np.mean([logits[part] for part in chosen], axis=0))
    )


def stacking_weights(logits: FloatArray, labels: Labels) -> tuple[FloatArray, float]:
    """Fit a weight for each part, not negative and shrunk towards equal ones, and a bias, shrunk towards 0.

    ::

        Σ row weight · log loss + 30 (bias² + Σ (weight − 1 / parts)²)

    Args:
        logits: What each part says of rows that it has not learnt from, ``(rows, parts)``.
        labels: Labels and weights of the rows.

    Returns:
        The weights ``(parts,)``, and the bias.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> good, noise = rng.normal(size=(2, 10_000))
        >>> label = rng.uniform(size=10_000) < expit(good)
        >>> weights, bias = stacking_weights(np.column_stack([good, noise]), Labels.unweighted(label))
        >>> weights.round(1), abs(round(bias, 1))
        (array([1., 0.]), 0.0)
    """
    parts = logits.shape[1]
    columns = np.column_stack([logits, np.ones(len(logits))])
    centre = np.append(np.full(parts, 1 / parts), 0.0)
    weight = labels.effective_weight

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        z, off = columns @ weights, weights - centre
        each = weight @ (np.logaddexp(0, z) - labels.label * z)
        gradient = columns.T @ (weight * (expit(z) - labels.label)) + 2 * _SHRINKAGE * off
        return float(each + _SHRINKAGE * off @ off), gradient

    bounds = [(0.0, None)] * parts + [(None, None)]
    weights = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds).x
    return weights[:-1], float(weights[-1])
