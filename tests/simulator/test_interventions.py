from __future__ import annotations

import numpy as np
import pytest

from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import still_to_come
from intent_tf.simulator.optimum import purchase_probability, state_beliefs
from intent_tf.simulator.shop import PURCHASE, Shop
from intent_tf.simulator.simulator import simulate
from intent_tf.simulator.trial import Interventions


def test_doing_nothing_leaves_the_probability_of_a_purchase_alone() -> None:
    log = simulate(300, seed=2).query("event_type != 'purchase'")
    nothing = Interventions().purchase_probabilities(state_beliefs(log))[:, 0]
    np.testing.assert_allclose(nothing, purchase_probability(log), rtol=1e-12)


def test_a_certain_state_has_the_value_of_where_it_is_moved() -> None:
    shop, actions = Shop(), Interventions()
    come = still_to_come(np.array(shop.transition), np.array(shop.end), np.array(shop.events)[:, PURCHASE])
    compares = np.eye(5)[[1]]
    # a coupon moves 30 % of those who compare to the decided ones
    assert actions.purchase_probabilities(compares)[0, 2] == pytest.approx(0.7 * come[1] + 0.3 * come[2])


def test_hand_computed_profits() -> None:
    profits = Interventions().profits(np.full((1, 4), 0.5))
    np.testing.assert_allclose(profits, [[10.0, 9.6, 8.0, 9.9]])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"moves": Interventions().moves[:2]}, "the moves have shape"),
        ({"costs": (1.0,)}, "1 costs"),
        ({"discounts": (0.0, 0.0, 2.0, 0.0)}, "discounts are"),
    ],
)
def test_tables_that_do_not_fit_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Interventions(**options)  # type: ignore[arg-type]
