"""Float32 thresholds that part float32 numbers exactly as a library's own comparison does."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


def at_most(threshold: float) -> np.float32:
    """Return the largest float32 that is at most a float64: ``x <= threshold`` then holds for the same x.

    Example:
        >>> float(np.float32(0.1)) <= 0.1, float(at_most(0.1)) <= 0.1
        (False, True)
    """
    with np.errstate(over="ignore"):
        rounded = np.float32(threshold)
    return below(rounded) if float(rounded) > threshold else rounded


def below(threshold: float | np.float32) -> np.float32:
    """Return the next smaller float32: what is less than the threshold is at most that."""
    with np.errstate(over="ignore"):
        return np.nextafter(np.float32(threshold), np.float32(-np.inf))


def of_categories(ids: Iterable[int]) -> list[np.float32]:
    """Return rising thresholds of which an odd number lies below each of these ids, and below no other.

    Example:
        >>> thresholds = of_categories([2, 3, 5])
        >>> [int(sum(each < number for each in thresholds)) for number in range(7)]
        [0, 0, 1, 1, 2, 3, 4]
    """
    inside = set(ids)
    # Where a run of ids begins, and where the next number is outside again.
    ends = inside ^ {each + 1 for each in inside}
    return [below(each) for each in sorted(ends)]


def bit_set(words: npt.NDArray[np.unsignedinteger]) -> set[int]:
    """Return the ids of the bits that are set in words of 32 bits, the lowest first.

    Example:
        >>> sorted(bit_set(np.array([0b101, 1])))
        [0, 2, 32]
    """
    bits = np.unpackbits(words.astype("<u4").view(np.uint8), bitorder="little")
    return set(np.flatnonzero(bits).tolist())
