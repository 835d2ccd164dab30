"""The difference of a figure between two models, and whether chance explains it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """What a paired test found.

    Args:
        difference: The figure of one model minus that of the other.
        low: Lower end of the interval of the difference.
        high: Upper end.
        p_value: Two-sided.
    """

    difference: float
    low: float
    high: float
    p_value: float
