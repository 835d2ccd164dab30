from __future__ import annotations

import pytest

from intent_tf.data.sequence_roles import ROLE_OF_NAME, ROLES, named_role, read_role
from intent_tf.errors import InputError


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_read_by_its_own_name(role: str) -> None:
    assert read_role(role, "x") == role


@pytest.mark.parametrize(("name", "role"), ROLE_OF_NAME.items())
def test_a_role_is_read_by_the_name_of_a_column_of_an_event_log(name: str, role: str) -> None:
    assert read_role(name, "x") == role == named_role(name, ROLES[role])


def test_a_column_whose_values_do_not_fit_its_name_has_no_role_of_that_name() -> None:
    assert (named_role("event_type", "float"), named_role("price", "string")) == ("other", "item")


def test_an_unknown_role_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"column 'x': unknown role 'tim' \(did you mean 'time'\?\)"):
        read_role("tim", "x")
