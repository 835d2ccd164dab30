"""Sources of candidates: popular items, those last viewed, neighbours, content."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from intent_tf.decisions.recommend.items import interaction_matrix, interactions, item_table, query_matrix
from intent_tf.decisions.recommend.ranked import Source, rank_by_score, ranked
from intent_tf.text import Tokenizer


def popular(items: pd.Index) -> Source:
    """Propose the most popular items to everybody.

    Args:
        items: All items, the most popular first, as `item_table` orders them.
    """

    def rank(prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
        best = items[:count].to_numpy(object)
        rows = prediction_times.index.to_numpy().repeat(len(best))
        return ranked(rows, np.tile(best, len(prediction_times)))

    return rank


def last_viewed(prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
    """Propose the items of the session, then those of the user's earlier sessions, the last first.

    Args and Returns: those of a `Source`.
    """
    seen = [
        list(dict.fromkeys(item for item in [*history, *session][::-1] if item))[:count]
        for history, session in zip(prediction_times["history"], prediction_times["item_id"], strict=True)
    ]
    items = np.array([item for each in seen for item in each], object)
    return ranked(prediction_times.index.to_numpy().repeat([len(each) for each in seen]), items)


def neighbours(seen: pd.DataFrame, items: pd.Index) -> Source:
    """Propose the items seen and their neighbours; see `item_similarity`.

    Args:
        seen: From `interactions`.
        items: The items to compare.
    """
    similarity = item_similarity(seen, items)

    def rank(prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
        query = query_matrix(prediction_times, items)
        return rank_by_score(
            lambda rows: (query[rows] @ similarity).toarray(), prediction_times, items, count
        )

    return rank


def item_similarity(seen: pd.DataFrame, items: pd.Index) -> csr_array:
    """Compare items by their sessions: the damped cosine, sparse ``(items, items)``.

    Args:
        seen: From `interactions`.
        items: The items to compare.

    Reference:
        Sarwar, Karypis, Konstan & Riedl (2001), Item-Based Collaborative Filtering Recommendation Algorithms.
    """
    matrix = interaction_matrix(seen, items)
    matrix.sum_duplicates()
    matrix.data = np.ones_like(matrix.data)
    visits = matrix.sum(axis=0)
    # A session that meets two rare items makes them no neighbours for sure: ten sessions damp the norm.
    norm = diags_array(1 / np.sqrt(visits + 10))
    return csr_array(norm @ (matrix.T @ matrix) @ norm)


def content(titles: pd.Series) -> Source:
    """Propose items by the words of their titles, so also those that nobody has met yet.

    Words are weighed by TF-IDF rather than taken from a trained text extractor: titles are a few words that
    either agree or do not, TF-IDF needs no label, and a new item gets its vector without training.

    Args:
        titles: By item; empty ones have no neighbours.
    """
    tokenizer = Tokenizer()
    vectors = csr_array((len(titles), 1))
    if any(map(tokenizer.reference, titles)):
        vectorizer = TfidfVectorizer(analyzer=tokenizer.reference, sublinear_tf=True)
        vectors = csr_array(vectorizer.fit_transform(titles))

    def rank(prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
        profiles = normalize(query_matrix(prediction_times, titles.index) @ vectors)
        return rank_by_score(
            lambda rows: (profiles[rows] @ vectors.T).toarray(), prediction_times, titles.index, count
        )

    return rank


def fit_sources(log: pd.DataFrame, catalogue: pd.DataFrame | None = None) -> dict[str, Source]:
    """Let every source learn from a log.

    Args:
        log: Events.
        catalogue: Items on sale beside those of the log, see `item_table`; only ``content`` can propose them.

    Raises:
        InputError: If no event has an item.
    """
    items, seen = item_table(log, catalogue), interactions(log)
    met = items.index[items["popularity"] > 0]
    return {
        "popular": popular(met),
        "last_viewed": last_viewed,
        "neighbours": neighbours(seen, met),
        "content": content(items["title"]),
    }
