"""Trees that grow where they gain most, by scikit-learn's histogram boosting."""

from itertools import islice
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from intent_tf.data.predictions import FloatArray
from intent_tf.training.parts.boosting import LEARNING_RATE, PATIENCE, ROUNDS, Grower, Stopped, TreeTable
from intent_tf.trees import FittedTrees, from_scikit_learn


class LeafwiseTrees(Grower):
    """Trees whose next split is where the loss falls most: the best where few columns decide.

    References:
        - Ke et al. (2017), LightGBM: A Highly Efficient Gradient Boosting Decision Tree.
    """

    name = "leafwise_trees"
    most_categories = 254  # of the library's 255 bins one is for what is missing
    sizes = (15,)  # leaves

    def grow(self, size: int, table: TreeTable, left: TreeTable, seed: int) -> Stopped:
        """Grow trees until they no longer get better on the rows left out."""
        model = _model(size, ROUNDS, table, seed, early_stopping=True)
        label, weight = left.labels.label, left.labels.weight
        _fit(model, table, X_val=left.columns, y_val=label, sample_weight_val=weight)
        scores = model.validation_score_  # minus the log loss of no tree, of one, …
        rounds = max(1, int(np.argmax(scores)))
        logits: FloatArray = next(islice(model.staged_decision_function(left.columns), rounds - 1, None))
        return Stopped(-float(scores[rounds]), rounds, logits)

    def regrow(self, size: int, rounds: int, table: TreeTable, seed: int) -> tuple[FittedTrees, Any]:
        """Grow a number of trees."""
        model = _model(size, rounds, table, seed, early_stopping=False)
        _fit(model, table)
        trees = from_scikit_learn(model)
        known = zip(trees.columns, trees.categories, strict=True)
        ids = {name: [int(each) for each in categories] for name, categories in known if categories}
        return trees.reading(trees.columns, ids), model


def _model(leaves: int, rounds: int, table: TreeTable, seed: int, *, early_stopping: bool) -> Any:
    width = table.columns.shape[1]
    return HistGradientBoostingClassifier(
        learning_rate=LEARNING_RATE,
        max_iter=rounds,
        max_leaf_nodes=leaves,
        min_samples_leaf=30,
        l2_regularization=1.0,
        max_features=0.5,
        categorical_features=list(range(width - table.ids, width)),
        early_stopping=early_stopping,
        n_iter_no_change=PATIENCE,
        random_state=seed,
    )


def _fit(model: Any, table: TreeTable, **options: Any) -> None:
    # The library cannot bin a column without a number, of which nothing is asked anyhow.
    columns = np.where(np.isnan(table.columns).all(axis=0), 0, table.columns)
    # On few rows threads wait for each other longer than they work.
    with threadpool_limits(1 if len(columns) < 20_000 else None):
        model.fit(columns, table.labels.label, table.labels.weight, **options)
