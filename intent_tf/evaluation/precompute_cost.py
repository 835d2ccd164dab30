"""What precomputing a model's extractors costs in accuracy."""

from dataclasses import dataclass

import numpy as np

from intent_tf.columns.rows import Rows
from intent_tf.data.predictions import Predictions
from intent_tf.evaluation.metrics import evaluate
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.precomputed_model import precompute_extractors
from intent_tf.options.run import Storage


@dataclass(frozen=True)
class PrecomputeCost:
    """How the figures of a model change when its extractors are precomputed.

    Args:
        storage: Type of the tables of products.
        auroc: AUROC as it is and precomputed; None where there is one class only.
        log_loss: Log loss as it is and precomputed, in nats.
        largest_change: Largest change of a probability.
    """

    storage: Storage
    auroc: tuple[float | None, float | None]
    log_loss: tuple[float, float]
    largest_change: float


def precompute_cost(model: IntentModel, rows: Rows, storage: Storage) -> PrecomputeCost:
    """Evaluate a model on labelled rows as it is and precomputed.

    Args:
        model: A trained model.
        rows: Rows that it has not learnt from.
        storage: Type of the tables of products; see
            `intent_tf.models.precomputed_model.precompute_extractors`.

    Returns:
        The figures as they are and precomputed.

    Raises:
        InputError: If the model has nothing to precompute.
    """
    before, after = model.predict(rows), precompute_extractors(model, storage).predict(rows)
    plain, precomputed = (
        evaluate(Predictions(rows.label, each, rows.weight), model.threshold) for each in (before, after)
    )
    return PrecomputeCost(
        storage,
        (plain.auroc, precomputed.auroc),
        (plain.log_loss, precomputed.log_loss),
        float(np.abs(after - before).max()),
    )
