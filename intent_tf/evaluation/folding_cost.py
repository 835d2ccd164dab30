"""What folding a model's extractors costs in accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np

from intent_tf.columns.rows import Rows
from intent_tf.evaluation.metrics import measure
from intent_tf.layers.text_cnn.folded_text_cnn import Storage
from intent_tf.models.folded_model import fold_extractors
from intent_tf.models.intent_model import IntentModel


def folding_cost(model: IntentModel, rows: Rows, storage: Storage) -> dict[str, Any]:
    """Measure a model on labelled rows as it is and folded.

    Args:
        model: A trained model.
        rows: Rows that it has not learnt from.
        storage: Type of the tables of products; see `intent_tf.models.folded_model.fold_extractors`.

    Returns:
        ``storage``; ``auroc`` and ``log_loss``, each ``[as it is, folded]``; and ``largest_change`` of a
        strength.

    Raises:
        InputError: If the model has nothing to fold.
    """
    before, after = model.predict(rows), fold_extractors(model, storage).predict(rows)
    measured = [measure(rows.label, strength, model.threshold) for strength in (before, after)]
    return {
        "storage": storage,
        **{name: [each[name] for each in measured] for name in ("auroc", "log_loss")},
        "largest_change": float(np.abs(after - before).max()),
    }
