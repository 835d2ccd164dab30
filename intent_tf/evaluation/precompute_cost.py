"""What folding a model's extractors costs in accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np

from intent_tf.columns.rows import Rows
from intent_tf.evaluation.metrics import evaluate
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.precomputed_model import precompute_extractors
from intent_tf.options.run import Storage


def precompute_cost(model: IntentModel, rows: Rows, storage: Storage) -> dict[str, Any]:
    """Measure a model on labelled rows as it is and precomputed.

    Args:
        model: A trained model.
        rows: Rows that it has not learnt from.
        storage: Type of the tables of products; see
            `intent_tf.models.precomputed_model.precompute_extractors`.

    Returns:
        ``storage``; ``auroc`` and ``log_loss``, each ``[as it is, precomputed]``; and ``largest_change`` of a
        probability.

    Raises:
        InputError: If the model has nothing to fold.
    """
    before, after = model.predict(rows), precompute_extractors(model, storage).predict(rows)
    measured = [evaluate(rows.label, probability, model.threshold) for probability in (before, after)]
    return {
        "storage": storage,
        **{name: [each[name] for each in measured] for name in ("auroc", "log_loss")},
        "largest_change": float(np.abs(after - before).max()),
    }
