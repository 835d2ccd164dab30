"""Item-kNN: items that are met in the same sessions as those the user looks back on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags_array

from intent_tf.decisions.recommend.interactions import interaction_matrix, query_matrix
from intent_tf.decisions.recommend.ranked import rank_by_score


@dataclass(frozen=True)
class ItemNeighbours:
    """Proposes the items seen and their neighbours.

    Args:
        items: The items.
        similarity: Cosine between their sessions, sparse ``(items, items)``; damped.

    Reference:
        Sarwar, Karypis, Konstan & Riedl (2001), Item-Based Collaborative Filtering Recommendation Algorithms.
    """

    items: pd.Index
    similarity: csr_array

    @classmethod
    def fit(cls, seen: pd.DataFrame, items: pd.Index) -> ItemNeighbours:
        """Compare items by their sessions.

        Args:
            seen: From `interactions`.
            items: The items to compare.
        """
        matrix = interaction_matrix(seen, "session_id", items)
        matrix.sum_duplicates()
        matrix.data = np.ones_like(matrix.data)
        visits = matrix.sum(axis=0)
        # A session that meets two rare items makes them no neighbours for sure: ten sessions damp the norm.
        norm = diags_array(1 / np.sqrt(visits + 10))
        return cls(items, csr_array(norm @ (matrix.T @ matrix) @ norm))

    def rank(self, prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
        """Propose items; see `Source.rank`."""
        query = query_matrix(prediction_times, self.items)
        return rank_by_score(
            lambda rows: (query[rows] @ self.similarity).toarray(), prediction_times, self.items, count
        )
