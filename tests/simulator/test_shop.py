from __future__ import annotations

import pytest

from intent_tf.errors import InputError
from intent_tf.simulator.shop import Shop


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("start", (0.5, 0.5), r"numbers of shape \(5,\)"),
        ("start", (0.5, 0.2, 0.2, 0.2, 0.2), "sum to 1"),
        ("start", (1.5, -0.5, 0.0, 0.0, 0.0), "from 0 to 1"),
        ("start", (float("nan"), 1.0, 0.0, 0.0, 0.0), "from 0 to 1"),
        ("transition", ((1.0, 0.0), (0.0,)), r"numbers of shape \(5, 5\)"),
        ("events", 5 * ((0.5, 0.5),), r"numbers of shape \(5, 6\)"),
        ("title_classes", 5 * ((1.0, "much", 0.0),), "numbers of shape"),
        ("dwell_edges", (3, 12, 12, 100, 300, 1200), "ascending"),
        ("dwell_edges", (3, 12, 35, 100, 300, 4000), "to 1800"),
        ("dwell_edges", (3, 12), r"numbers of shape \(5, 1\)"),
        ("price_edges", (5.0, 25.0, 80.0), r"numbers of shape \(4,\)"),
        ("price_edges", (0.0, 25.0, 80.0, 400.0), "from 0.01"),
        ("chinese_share", 1.1, "from 0 to 1"),
        ("sessions_per_user", 0.5, "from 1 to"),
        ("end", (0.1, 0.1, 0.1, 0.1, None), "from 0 to 1|numbers"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_was_expected(parameter, value, message):
    with pytest.raises(InputError, match=message):
        Shop(**{parameter: value})


def test_a_shop_that_shoppers_never_leave_is_refused():
    with pytest.raises(InputError, match="lead to an end or a purchase"):
        Shop(end=(0.0, 0.1, 0.1, 0.1, 0.1), transition=((1.0, 0.0, 0.0, 0.0, 0.0), *Shop().transition[1:]))


def test_a_purchase_is_a_way_out():
    Shop(end=(0.1, 0.1, 0.1, 0.1, 0.0), transition=(*Shop().transition[:-1], (0.0, 0.0, 0.0, 0.0, 1.0)))


def test_the_same_parameters_make_equal_shops_usable_as_keys():
    assert {Shop(): "default"}[Shop()] == "default"
