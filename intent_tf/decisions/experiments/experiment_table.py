"""The table of an experiment from an event log: which arm each user is in, and what was measured of them."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from intent_tf.decisions.event_log import split_by_time
from intent_tf.errors import InputError

CONTROL, TREATMENT = "control", "treatment"


def assign_arms(user_ids: Iterable[str], experiment: str, share: float = 0.5) -> np.ndarray:
    """Assign users to arms by a hash, so that a user who returns meets the same arm.

    Args:
        user_ids: The users.
        experiment: Its name; another one shuffles the users anew.
        share: Share of users who are treated, in (0, 1).

    Returns:
        ``"control"`` or ``"treatment"`` for each user, shape ``(users,)``.

    Raises:
        InputError: If an arm would be empty by design.

    Example:
        >>> assign_arms(["ann", "bob", "ann"], "coupon").tolist()
        ['control', 'treatment', 'control']
    """
    if not 0 < share < 1:
        raise InputError(f"the share of treated users is {share}", expected="a share in (0, 1)")
    digests = [hashlib.sha256(f"{experiment}\n{user}".encode()).digest()[:8] for user in user_ids]
    uniform = np.array([int.from_bytes(digest, "big") for digest in digests], dtype=np.float64) / 2**64
    return np.where(uniform < share, TREATMENT, CONTROL)


def experiment_table(
    log: pd.DataFrame, experiment: str, share: float = 0.5, known: float = 0.5
) -> pd.DataFrame:
    """Assign a log's users to arms by hash and collect what an experiment on them would have measured.

    Args:
        log: Events.
        experiment: Name of the experiment.
        share: Share of users who are treated, in (0, 1).
        known: Share of the log's events before the experiment begins, in (0, 1).

    Returns:
        The users who came after the beginning, by when they entered: ``user_id``, ``arm``, ``entered`` (first
        event after the beginning, UTC), ``purchase`` (0 or 1: bought after the beginning), ``events`` (number
        of events after it) and ``events_before`` (before it, 0 for new users).

    Raises:
        InputError: If the log is none, or a share is out of its range.
    """
    past, future = split_by_time(log, known)
    table = (
        future.assign(purchase=future["event_type"].eq("purchase"))
        .groupby("user_id")
        .agg(entered=("timestamp", "min"), purchase=("purchase", "max"), events=("purchase", "size"))
        .reset_index()
    )
    before = table["user_id"].map(past["user_id"].value_counts()).fillna(0).astype(int)
    arm = assign_arms(table["user_id"], experiment, share)
    table = table.assign(purchase=table["purchase"].astype(int), events_before=before, arm=arm)
    return table.sort_values("entered", kind="stable", ignore_index=True)
