"""Collaborative filtering: users and items as vectors, by alternating least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from intent_tf.decisions.recommend.interactions import interaction_matrix, query_matrix
from intent_tf.decisions.recommend.ranked import rank_by_score
from intent_tf.errors import require


@dataclass(frozen=True)
class Collaborative:
    """Proposes items whose vectors are near the vector of what the user looks back on.

    The vector is solved for at each prediction time from the items seen, so a user need not be known. An item
    that nobody has met has none, and is never proposed.

    Args:
        items: Names of the items.
        vectors: Vector of each item, float32 ``(items, factors)``.
        regularization: Weight of the squared length of a vector.

    Reference:
        Hu, Koren & Volinsky (2008), Collaborative Filtering for Implicit Feedback Datasets.
    """

    items: pd.Index
    vectors: np.ndarray
    regularization: float
    alpha: float

    @classmethod
    def fit(
        cls,
        seen: pd.DataFrame,
        items: pd.Index,
        *,
        factors: int = 32,
        regularization: float = 0.1,
        alpha: float = 10.0,
        iterations: int = 15,
        seed: int = 0,
    ) -> Collaborative:
        """Factorise the users' interactions with `implicit`.

        Args:
            seen: Weights of the users' interactions, from `interactions`.
            items: The items that get a vector.
            factors: Width of a vector.
            regularization: Weight of the squared length of a vector.
            alpha: How much more an interaction counts than none, for a weight of 1.
            iterations: Number of alternations.
            seed: Seed of the first vectors.

        Raises:
            MissingExtraError: If `implicit` is not installed.
        """
        als = require("implicit.als", "decisions")
        matrix = csr_matrix(interaction_matrix(seen, "user_id", items))
        matrix.sum_duplicates()
        # Its own threads and those of the linear algebra would wait for each other.
        with threadpool_limits(1, "blas"):
            model = als.AlternatingLeastSquares(
                min(factors, *matrix.shape),
                regularization=regularization,
                alpha=alpha,
                iterations=iterations,
                num_threads=1,
                random_state=seed,
                calculate_training_loss=False,
            )
            model.fit(matrix, show_progress=False)
        met = np.asarray(matrix.sum(axis=0)).ravel() > 0
        vectors = np.where(met[:, None], model.item_factors, 0).astype(np.float32)
        return cls(items, vectors, regularization, alpha)

    def rank(self, prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
        """Propose items; see `Source.rank`."""
        users = self.fold_in(prediction_times)
        return rank_by_score(lambda rows: users[rows] @ self.vectors.T, prediction_times, self.items, count)

    def fold_in(self, prediction_times: pd.DataFrame) -> np.ndarray:
        """Solve for the vector of each prediction time, ``(times, factors)``; 0 where no item is known."""
        query, y = query_matrix(prediction_times, self.items), self.vectors.astype(np.float64)
        query.sum_duplicates()
        width = y.shape[1]
        gram = y.T @ y + self.regularization * np.eye(width)
        users = np.zeros((len(prediction_times), width))
        for row, (start, end) in enumerate(zip(query.indptr[:-1], query.indptr[1:], strict=True)):
            if start < end:
                confidence = self.alpha * query.data[start:end].astype(np.float64)
                met = y[query.indices[start:end]]
                users[row] = np.linalg.solve(gram + met.T * confidence @ met, met.T @ (1 + confidence))
        return users
