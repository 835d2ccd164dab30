"""The probability from which on a shopper is called a buyer."""

import numpy as np

from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError


def choose_threshold(
    predictions: Predictions, cost_fp: float | None = None, cost_fn: float | None = None
) -> float:
    """Choose the decision threshold, on validation rows.

    Without costs the threshold maximises F1, `2 tp / (2 tp + fp + fn)`; with costs it minimises
    `cost_fp * fp + cost_fn * fn`. Rows are called positive where `probability >= threshold`. Every cut
    between two neighbouring probabilities is tried, and the threshold stands half-way between them, so that
    rounding of a probability moves no decision. Where cuts are equally good, the highest wins.

    Args:
        predictions: Labels, probabilities and weights.
        cost_fp: Cost of a false positive (a discount given for nothing), in any unit, not negative.
            Defaults to None.
        cost_fn: Cost of a false negative (a buyer lost), in the same unit. Defaults to None.

    Returns:
        The threshold. It is 0.5 where F1 says nothing because no row is positive, and above 1 where calling
        no row positive is the cheapest although some probability is 1.

    Raises:
        InputError: If only one cost is given, a cost is negative or not finite, or both are 0.

    Reference:
        Elkan (2001), The Foundations of Cost-Sensitive Learning: for calibrated probabilities the threshold
        by cost tends to `cost_fp / (cost_fp + cost_fn)`.

    Example:
        >>> predictions = Predictions.unweighted([0, 0, 1, 0, 1], [0.1, 0.25, 0.5, 0.75, 0.875])
        >>> choose_threshold(predictions)
        0.375
        >>> choose_threshold(predictions, cost_fp=3.0, cost_fn=1.0)
        0.8125
    """
    counting = predictions.take(predictions.weight > 0)  # of the others no cut is worth trying
    label, probability, weight = counting.label, counting.probability, counting.weight
    # Cut k calls the k highest distinct probabilities positive; `ends[k]` rows have them.
    order = np.argsort(-probability, kind="stable")
    falling, starts = np.unique(-probability[order], return_index=True)
    ends = np.append(starts, len(order))
    tp = np.append(0.0, np.cumsum((weight * label)[order]))[ends]
    fp = np.append(0.0, np.cumsum((weight * (1 - label))[order]))[ends]
    fn = tp[-1] - tp
    if cost_fp is not None and cost_fn is not None:
        _check_costs(cost_fp, cost_fn)
        loss = cost_fp * fp + cost_fn * fn
    elif cost_fp is None and cost_fn is None:
        if tp[-1] == 0:
            return 0.5
        loss = -2 * tp / (2 * tp + fp + fn)
    else:
        raise InputError(
            f"cost_fp is {cost_fp} and cost_fn is {cost_fn}",
            expected="both costs or neither",
            remedy="give the other cost too, in the same unit",
        )
    top = -falling[0]
    edges = np.concatenate([[1.0 if top < 1 else 1.001], -falling, [0.0]])
    cut = int(loss.argmin())
    upper, lower = edges[cut], edges[cut + 1]
    # Half-way between neighbouring floats is one of them, and the lower one must not be called positive.
    return float(min(upper, max((upper + lower) / 2, np.nextafter(lower, 1))))


def _check_costs(cost_fp: float, cost_fn: float) -> None:
    for name, cost in (("cost_fp", cost_fp), ("cost_fn", cost_fn)):
        if not 0 <= cost < np.inf:
            raise InputError(f"{name} is {cost}", expected="a finite number, not negative")
    if cost_fp == cost_fn == 0:
        raise InputError("both costs are 0", expected="at least one above 0")
