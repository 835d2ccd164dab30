"""Which arm of an experiment a user is in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

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
