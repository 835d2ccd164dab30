"""Content: items whose titles are like those that the user looks back on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from intent_tf.decisions.recommend.interactions import query_matrix
from intent_tf.decisions.recommend.ranked import rank_by_score
from intent_tf.text import Tokenizer


@dataclass(frozen=True)
class Content:
    """Proposes items by the words of their titles, so also those that nobody has met yet.

    Words are weighed by TF-IDF rather than taken from a trained text extractor: titles are a few words that
    either agree or do not, TF-IDF needs no label, and a new item gets its vector without training.

    Args:
        items: The items.
        vectors: TF-IDF of their titles, of length 1, sparse ``(items, words)``.
    """

    items: pd.Index
    vectors: csr_array

    @classmethod
    def fit(cls, titles: pd.Series) -> Content:
        """Weigh the words of titles.

        Args:
            titles: By item; empty ones have no neighbours.
        """
        tokenizer = Tokenizer()
        if not any(map(tokenizer.reference, titles)):
            return cls(titles.index, csr_array((len(titles), 1)))
        vectorizer = TfidfVectorizer(analyzer=tokenizer.reference, sublinear_tf=True)
        return cls(titles.index, csr_array(vectorizer.fit_transform(titles)))

    def rank(self, prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
        """Propose items; see `Source.rank`."""
        profiles = normalize(query_matrix(prediction_times, self.items) @ self.vectors)
        return rank_by_score(
            lambda rows: (profiles[rows] @ self.vectors.T).toarray(), prediction_times, self.items, count
        )
