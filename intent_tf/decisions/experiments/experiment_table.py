"""The table of an experiment, one user a row, from an event log."""

from __future__ import annotations

import pandas as pd

from intent_tf.decisions.experiments.arms import assign_arms
from intent_tf.decisions.log_periods import split_by_time


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
