"""Fits the parts of a model beside its network, and stacks them."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import keras
import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit
from scipy.special import logit as log_odds

from intent_tf.columns.prepared import PreparedData
from intent_tf.data.predictions import FloatArray, Labels
from intent_tf.layers.logit import logit
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.outputs import STRENGTH
from intent_tf.models.parts.part_stack import PartStack
from intent_tf.options.training import Part
from intent_tf.training.parts.boosting import fit_trees
from intent_tf.training.parts.category_effects import CategoryEffects
from intent_tf.training.parts.found_crosses import find_crosses
from intent_tf.training.parts.leafwise_trees import LeafwiseTrees
from intent_tf.training.parts.linear import fit_linear
from intent_tf.training.parts.part_rows import LEAST_OF_A_CLASS, PartRows, log_loss
from intent_tf.training.parts.symmetric_trees import SymmetricTrees

#: How much a weight's squared distance from an equal share costs, in nats of all rows together.
_SHRINKAGE = 3.0
#: The network's share where nothing is known, and what its squared distance from that costs, in nats.
_USUAL_SHARE, _SHARE_SHRINKAGE = 0.5, 30.0
#: By how many nats of all rows together a part must make the others better (stopping early flatters each fold
#: by one or two), and how much the parts must count.
_PART_COST, _LEAST = 8.0, 0.1
#: The trees of the part "trees".
_GROWERS = (SymmetricTrees(), LeafwiseTrees())


class Stacked(NamedTuple):
    """What `fit_parts` returns.

    Args:
        model: A model that shares the network's layers; the model itself where nothing is added to it.
        held_out: What it says of the validation rows, ``(rows,)``, by trees and a linear part that had not
            seen them; for calibrator and threshold.
    """

    model: IntentModel
    held_out: FloatArray


def fit_parts(model: IntentModel, data: PreparedData, parts: Sequence[Part], seed: int = 0) -> Stacked:
    """Fit the parts beside a trained network, and how much each counts.

    Trees and linear part learn from training and validation rows; their weights among themselves come from
    folds of all these rows that they had not seen: there are many (where validation rows were not drawn at
    random, from these alone). Of the validation rows, which are few, the network has seen none either: they
    decide a single number, its share. Parts that hardly count are left out.

    Args:
        model: A model whose network is trained.
        data: The rows that it was trained with.
        parts: Which parts the model may have.
        seed: Seed of folds and trees.

    Returns:
        The model itself where its table has no numbers or categories that vary, less than 20 rows of a class
        or a single group, or the network is better alone; else one with parts.
    """
    rows = PartRows.of(data)
    # Not by `predict`, which would compile a graph for a few batches.
    batches = data.validation.batches(model.rows_at_once)
    said = np.concatenate([logit(model.output_model(features)[STRENGTH]) for features, *_ in batches])
    alone = Stacked(model, expit(said.astype(np.float64)))
    wanted = {"trees", "linear"} & set(parts)
    few = min(rows.labels.effective_sizes) < LEAST_OF_A_CLASS
    if not wanted or rows.is_constant or few or not rows.judging_folds(seed):
        return alone
    fitted: dict[str, tuple[keras.layers.Layer, FloatArray]] = {}
    crosses = find_crosses(rows, seed)
    if "trees" in wanted:
        effects = CategoryEffects.of(rows, crosses, seed)
        fitted |= {grower.name: fit_trees(grower, effects, seed) for grower in _GROWERS}
    if "linear" in wanted:
        fitted["linear"] = fit_linear(rows, crosses, seed)
    weights, bias = _weights_of_folds({part: logits for part, (_, logits) in fitted.items()}, rows.labels)
    if not weights:
        return alone
    others = np.sum([weight * fitted[part][1] for part, weight in weights.items()], axis=0) + bias
    others = others[rows.unseen]
    others = np.where(np.isfinite(others), others, said)  # a row of no fold
    share = network_share(said, others, rows.labels.take(rows.unseen))
    if 1 - share < _LEAST:
        return alone
    stack = PartStack({part: fitted[part][0] for part in weights}, name="stack")
    stack.build()
    stack.assign([share, *((1 - share) * weight for weight in weights.values())], (1 - share) * bias)
    return Stacked(model.with_parts(stack=stack), expit(share * said + (1 - share) * others))


def _weights_of_folds(logits: Mapping[str, FloatArray], labels: Labels) -> tuple[dict[str, float], float]:
    """Choose the parts that pay, by rows that they had not seen; return their weights and their bias."""
    known = np.isfinite(np.sum(list(logits.values()), axis=0))
    labels = labels.take(known)
    choices: list[tuple[float, dict[str, float], float]] = []
    for chosen in (each for size in range(len(logits) + 1) for each in combinations(logits, size)):
        columns = np.array([logits[part][known] for part in chosen]).reshape(len(chosen), len(labels)).T
        weights, bias = stacking_weights(columns, labels)
        cost = _total_loss(columns @ weights + bias, labels) + _PART_COST * len(chosen)
        choices.append((cost, dict(zip(chosen, weights.tolist(), strict=True)), bias))
    _, weights_of, bias = min(choices, key=lambda choice: choice[0])
    return weights_of, bias


def _total_loss(logits: FloatArray, labels: Labels) -> float:
    return labels.effective_rows * log_loss(labels, logits)


def network_share(network: FloatArray, others: FloatArray, labels: Labels) -> float:
    """Choose how much the network's logit counts beside the joint logit of the other parts, in [0, 1].

    ::

        Σ row weight · log loss(share · network + (1 - share) · others) + 30 (share - 0.5)²

    One number, shrunk towards a usual one, and no bias: on a few hundred rows each further number that is
    fitted costs more than it brings.

    Args:
        network: The network's logits ``(rows,)``.
        others: Those of the other parts together ``(rows,)``.
        labels: Labels and weights of the rows, from which none of them has learnt.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> good, noise = rng.normal(size=(2, 10_000))
        >>> label = rng.uniform(size=10_000) < expit(good)
        >>> round(network_share(good, noise, Labels.unweighted(label)), 1)
        1.0
    """

    def loss(share: float) -> float:
        joint = share * network + (1 - share) * others
        return _total_loss(joint, labels) + _SHARE_SHRINKAGE * (share - _USUAL_SHARE) ** 2

    return float(minimize_scalar(loss, bounds=(0.0, 1.0), method="bounded").x)


def stacking_weights(logits: FloatArray, labels: Labels) -> tuple[FloatArray, float]:
    """Fit a weight for each part, not negative and shrunk towards equal ones, and a bias.

    ::

        joint = log odds of the rate + offset + Σ weight · (logit − log odds of the rate)
        Σ row weight · log loss(joint) + 3 (offset² + Σ (weight − 1 / parts)²)

    So no part is paid for knowing the rate, which needs no part.

    Args:
        logits: What each part says of rows that it has not learnt from, ``(rows, parts)``.
        labels: Labels and weights of the rows.

    Returns:
        The weights ``(parts,)``, and the bias of the logits as they are given.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> good, noise = rng.normal(size=(2, 10_000))
        >>> label = rng.uniform(size=10_000) < expit(good)
        >>> weights, bias = stacking_weights(np.column_stack([good, noise]), Labels.unweighted(label))
        >>> weights.round(1), abs(round(bias, 1))
        (array([1., 0.]), 0.0)
    """
    parts, rate = logits.shape[1], float(log_odds(labels.rate))
    columns = np.column_stack([logits - rate, np.ones(len(logits))])
    centre = np.append(np.full(parts, 1 / max(parts, 1)), 0.0)
    weight = labels.effective_weight

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        z, off = rate + columns @ weights, weights - centre
        gradient = columns.T @ (weight * (expit(z) - labels.label)) + 2 * _SHRINKAGE * off
        return float(_total_loss(z, labels) + _SHRINKAGE * off @ off), gradient

    bounds = [(0.0, None)] * parts + [(None, None)]
    *weights, offset = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds).x
    return np.array(weights), float(offset + rate * (1 - np.sum(weights)))
