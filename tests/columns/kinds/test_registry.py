from __future__ import annotations

import pytest

from intent_tf.columns.kinds.registry import KINDS, kind_of
from intent_tf.data.specification import Column
from intent_tf.errors import InputError


def test_an_unknown_kind_is_refused_with_the_nearest_and_the_known_ones() -> None:
    message = (
        r"column 'x': unknown kind 'numbr' \(did you mean 'number'\?\); expected one of number, category"
    )
    with pytest.raises(InputError, match=message):
        kind_of("numbr", "x")


@pytest.mark.parametrize(("kind", "values"), [("category", "float"), ("text", "float")])
def test_a_kind_goes_with_its_type_of_values(kind: str, values: str) -> None:
    with pytest.raises(InputError, match=f"a {kind} cannot hold {values} values"):
        kind_of(kind).check(Column("x", kind, values))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_listed_under_its_name(name: str) -> None:
    assert kind_of(name).name == name
