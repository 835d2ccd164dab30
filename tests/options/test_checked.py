"""A configuration refuses numbers out of their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from intent_tf.errors import InputError
from intent_tf.options.checked import Checked, Count, NotNegative, Positive, Share, ShareFromZero, ShareToOne


@dataclass(frozen=True)
class Baking(Checked):
    minutes: Count = 40
    layers: Count | None = None
    weight: Positive = 1.0
    sugar: NotNegative = 0.0
    eaten: Share = 0.5
    burnt: ShareFromZero = 0.0
    kept: ShareToOne = 1.0
    shape: Literal["round", "square"] | None = None
    sizes: Mapping[str, Literal["small", "large"]] = field(default_factory=dict)


def test_what_is_at_the_end_of_its_range_is_taken() -> None:
    assert Baking(minutes=1, sugar=0.0, burnt=0.0, kept=1.0).minutes == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"minutes": 0}, "minutes is 0; expected at least 1"),
        ({"layers": 0}, "layers is 0; expected at least 1"),
        ({"weight": 0.0}, r"weight is 0\.0; expected a positive number"),
        ({"weight": float("nan")}, "weight is nan; expected a positive number"),
        ({"sugar": -1.0}, r"sugar is -1\.0; expected 0 or more"),
        ({"eaten": 1.0}, r"eaten is 1\.0; expected a share in \(0, 1\)"),
        ({"burnt": 1.0}, r"burnt is 1\.0; expected a share in \[0, 1\)"),
        ({"kept": 0.0}, r"kept is 0\.0; expected a share in \(0, 1\]"),
        ({"shape": "squre"}, r"shape is 'squre' \(did you mean 'square'\?\); expected round or square"),
    ],
)
def test_what_is_out_of_its_range_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Baking(**options)
