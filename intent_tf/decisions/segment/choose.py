"""How many segments there are: as many as are well apart, and come out again in other samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score, silhouette_score

from intent_tf.decisions.segment.segmentation import Segmentation
from intent_tf.errors import InputError

STABLE = 0.8


def compare_counts(
    users: pd.DataFrame, counts: Sequence[int] = range(2, 9), repeats: int = 10, seed: int = 0
) -> pd.DataFrame:
    """Evaluate each number of segments.

    Args:
        users: Numbers, one row a user.
        counts: Numbers of segments to try, each at least 2.
        repeats: Bootstrap samples for the stability.
        seed: Of samples and first centres.

    Returns:
        One row a count, the index ``segments``: ``silhouette`` (how much nearer a user is to the own segment
        than to the next, in [-1, 1], over at most 2000 users) and ``stability`` (mean adjusted Rand index
        between the assignment of all users and that by segments fitted on a bootstrap sample; 1 is the same).

    Raises:
        InputError: If there are not more users than segments.

    Reference:
        Hennig (2007), Cluster-wise Evaluation of Cluster Stability.
    """
    if not counts or min(counts) < 2 or max(counts) >= len(users):
        raise InputError(
            f"{list(counts)} segments of {len(users)} users", expected="from 2 to fewer than users"
        )
    generator, rows = np.random.default_rng(seed), []
    for count in counts:
        whole = Segmentation.fit(users, count, seed)
        assigned = whole.assign(users)
        samples = [users.iloc[generator.integers(len(users), size=len(users))] for _ in range(repeats)]
        again = [Segmentation.fit(sample, count, seed).assign(users) for sample in samples]
        stability = np.mean([adjusted_rand_score(assigned, each) for each in again])
        apart = silhouette_score(
            whole.standardised(users), assigned, sample_size=min(len(users), 2000), random_state=seed
        )
        rows.append({"segments": count, "silhouette": float(apart), "stability": float(stability)})
    return pd.DataFrame(rows).set_index("segments")


def choose_count(compared: pd.DataFrame) -> int:
    """Choose the count of the best silhouette among the stable ones (0.8 or more), or else the stablest.

    Example:
        >>> compared = pd.DataFrame({"silhouette": [0.3, 0.4, 0.5], "stability": [0.9, 0.85, 0.4]}, [2, 3, 4])
        >>> choose_count(compared)
        3
    """
    stable = compared[compared["stability"] >= STABLE]
    best = compared["stability"] if stable.empty else stable["silhouette"]
    return int(best.index.to_numpy()[best.to_numpy().argmax()])
