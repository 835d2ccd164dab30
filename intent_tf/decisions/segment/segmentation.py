"""Segments of users, by k-means on their standardised numbers, and how many of them there are."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from intent_tf.errors import InputError

STABLE = 0.8

#: How a column that is below or above the average is put into words.
WORDS = {
    "recency": ("recent", "long gone"),
    "frequency": ("rare", "frequent"),
    "money": ("low spend", "high spend"),
    "probability": ("weak intent", "strong intent"),
}
#: Columns that spread over orders of magnitude; log(1 + x) of them is compared.
_SKEWED = ("recency", "frequency", "money")
_FROM_AVERAGE = 0.5  # standard deviations from which on a column sets a segment apart


@dataclass(frozen=True)
class Segmentation:
    """Where the segments lie; it assigns users of today and of tomorrow alike, and is stored as JSON.

    Args:
        columns: Columns of the user table.
        mean: Mean of each (skewed ones as log(1 + x)), over the users it was fitted on.
        deviation: Standard deviation of each, positive.
        centres: A row a segment, in standard deviations from the mean, shape ``(segments, columns)``.
        names: What sets each segment apart, shape ``(segments,)``.
    """

    columns: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    centres: tuple[tuple[float, ...], ...]
    names: tuple[str, ...]

    @classmethod
    def fit(cls, users: pd.DataFrame, segments: int, seed: int = 0) -> "Segmentation":
        """Cluster users.

        Args:
            users: Numbers, one row a user, from `user_table` or with columns of one's own.
            segments: How many, from 1 to the number of users.
            seed: Of the first centres.

        Raises:
            InputError: If there are fewer users than segments, or a value is missing.
        """
        if not 1 <= segments <= len(users):
            raise InputError(f"{segments} segments of {len(users)} users", expected="from 1 to the users")
        columns = tuple(map(str, users.columns))
        numbers = _numbers(users, columns)
        mean, deviation = numbers.mean(axis=0), numbers.std(axis=0)
        deviation = np.where(deviation > 0, deviation, 1.0)
        standard = (numbers - mean) / deviation
        centres = KMeans(segments, n_init=10, random_state=seed).fit(standard).cluster_centers_
        centres = centres[np.argsort(-centres[:, -1], kind="stable")]
        rows = tuple(tuple(map(float, row)) for row in centres)
        return cls(columns, tuple(mean.tolist()), tuple(deviation.tolist()), rows, _names(columns, centres))

    def standardised(self, users: pd.DataFrame) -> np.ndarray:
        """Return the users' numbers in standard deviations from the mean, ``(users, columns)``."""
        standard: np.ndarray = (_numbers(users, self.columns) - self.mean) / self.deviation
        return standard

    def assign(self, users: pd.DataFrame) -> pd.Series:
        """Return the name of each user's segment: the nearest centre's.

        Raises:
            InputError: If a column is missing or a value is.
        """
        distance = np.linalg.norm(self.standardised(users)[:, None] - np.array(self.centres), axis=2)
        return pd.Series(np.array(self.names)[distance.argmin(axis=1)], users.index, name="segment")

    def save(self, path: str | Path) -> None:
        """Write the segmentation as JSON."""
        Path(path).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> "Segmentation":
        """Read what `save` wrote.

        Raises:
            InputError: If it is no segmentation.
        """
        path = Path(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            centres = tuple(tuple(row) for row in content.pop("centres"))
            return cls(centres=centres, **{name: tuple(values) for name, values in content.items()})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"is no segmentation ({error})", file=path) from error


def _numbers(users: pd.DataFrame, columns: tuple[str, ...]) -> np.ndarray:
    for name in columns:
        if name not in users.columns:
            raise InputError(f"the users have no column {name!r}", expected=", ".join(columns))
        wrong = ~np.isfinite(users[name].to_numpy(np.float64)) | (name in _SKEWED) & (users[name] < 0)
        if wrong.any():
            index = int(np.asarray(wrong).argmax())
            raise InputError(
                f"found {users[name].iloc[index]}",
                row=users.index[index],
                column=name,
                expected="a number, of days, visits or money from 0 on",
            )
    return np.column_stack(
        [np.log1p(users[name]) if name in _SKEWED else users[name] for name in columns]
    ).astype(np.float64)


def _names(columns: tuple[str, ...], centres: np.ndarray) -> tuple[str, ...]:
    """Name each segment by its two columns farthest from the average, and a number where two are alike."""
    names: list[str] = []
    for centre in centres:
        far = [index for index in np.argsort(-np.abs(centre)) if abs(centre[index]) >= _FROM_AVERAGE][:2]
        words = [
            WORDS.get(columns[index], (f"low {columns[index]}", f"high {columns[index]}"))[
                int(centre[index] > 0)
            ]
            for index in far
        ]
        name = ", ".join(words) or "average"
        taken = sum(each == name or each.startswith(f"{name} (") for each in names)
        names.append(f"{name} ({taken + 1})" if taken else name)
    return tuple(names)


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
