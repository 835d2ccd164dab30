"""Prediction times: after which events of a session an example is made."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from intent_tf.errors import InputError

_EXPECTED = "every, every:K, prefix lengths such as 1,2,3, last, or at:TIME (ISO 8601)"


@dataclass(frozen=True)
class PredictionTimes:
    """When to predict, parsed from a short text.

    ``every`` event, ``every:K`` (each K-th), prefix lengths ``1,2,3,5``, ``last`` (the last visible event of
    each session) or ``at:2026-01-01T12:00`` (all sessions that are open then). All but ``last`` choose an
    example by what has happened up to its prediction time; ``last`` looks ahead to the session's end, so its
    examples are fewer and easier to tell apart than those that a shop meets.

    Args:
        kind: ``"every"``, ``"prefixes"``, ``"last"`` or ``"at"``.
        step: K, for ``every``.
        prefixes: Prefix lengths, for ``prefixes``.
        micros: Microseconds since 1970-01-01 UTC, for ``at``.

    Example:
        >>> PredictionTimes.parse("1,2,3").prefixes
        (1, 2, 3)
        >>> PredictionTimes.parse("every:5").step
        5
    """

    kind: Literal["every", "prefixes", "last", "at"]
    step: int = 1
    prefixes: tuple[int, ...] = ()
    micros: int = 0

    @classmethod
    def parse(cls, text: str) -> "PredictionTimes":
        """Parse the short text.

        Raises:
            InputError: If it says none of the above.
        """
        kind, _, value = text.strip().partition(":")
        try:
            if kind == "last" and not value:
                return cls("last")
            if kind == "every":
                return cls("every", step=_positive(value or "1"))
            if kind == "at":
                time = datetime.fromisoformat(value)
                time = time if time.tzinfo else time.replace(tzinfo=UTC)
                return cls("at", micros=round(time.timestamp() * 1_000_000))
            return cls("prefixes", prefixes=tuple(sorted({_positive(part) for part in text.split(",")})))
        except ValueError as error:
            raise InputError(f"prediction times are {text!r}", expected=_EXPECTED) from error


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
