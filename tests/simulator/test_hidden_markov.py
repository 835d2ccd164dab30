from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.simulator.hidden_markov import draw, forward, still_to_come

SEEDS = st.integers(0, 2**32 - 1)


def chances(generator: np.random.Generator, *shape: int) -> np.ndarray:
    """Random probabilities whose rows sum to 1."""
    return generator.dirichlet(np.ones(shape[-1]), shape[:-1])


@given(SEEDS)
def test_a_draw_never_takes_what_has_probability_zero(seed):
    generator = np.random.default_rng(seed)
    table = np.array([[0.0, 0.3, 0.0, 0.7, 0.0], [0.5, 0.0, 0.2, 0.3, 0.0]])
    rows = generator.integers(2, size=200)
    assert (table[rows, draw(table, rows, generator)] > 0).all()


def test_draws_come_as_often_as_their_probability_says():
    table = np.array([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2]])
    draws = 40_000
    for row, expected in enumerate(table):
        drawn = draw(table, np.full(draws, row), np.random.default_rng(row))
        share = np.bincount(drawn, minlength=3) / draws
        assert (abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / draws)).all()


@given(SEEDS, st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_forward_equals_the_sum_over_all_state_paths(seed, lengths):
    generator = np.random.default_rng(seed)
    states, events = 3, sum(lengths)
    start, transition = chances(generator, states), chances(generator, states, states)
    likelihood, carried = generator.random((2, events, states))
    first = np.cumsum([0, *lengths[:-1]])

    belief = forward(start, transition, likelihood, carried, first)

    for begin, length in zip(first, lengths, strict=True):
        for seen in range(1, length + 1):
            weight = np.zeros(states)
            for path in product(range(states), repeat=seen):
                chance = start[path[0]] * likelihood[begin, path[0]]
                for step in range(1, seen):
                    chance *= (
                        carried[begin + step - 1, path[step - 1]] * transition[path[step - 1], path[step]]
                    )
                    chance *= likelihood[begin + step, path[step]]
                weight[path[-1]] += chance
            np.testing.assert_allclose(belief[begin + seen - 1], weight / weight.sum(), rtol=1e-9)


def test_forward_does_not_underflow_on_a_long_chain():
    likelihood = np.full((5000, 2), 1e-8)
    belief = forward(np.array([0.5, 0.5]), np.eye(2), likelihood, np.ones((5000, 2)), np.array([0]))
    np.testing.assert_allclose(belief[-1], [0.5, 0.5])


def test_forward_tells_from_where_on_no_state_explains_the_events():
    likelihood = np.array([[1.0, 1.0], [0.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    belief = forward(np.array([0.5, 0.5]), np.eye(2), likelihood, np.ones((4, 2)), np.array([0, 3]))
    assert np.isnan(belief).any(axis=1).tolist() == [False, True, True, False]


def test_what_is_still_to_come_equals_a_sum_done_by_hand():
    # State 1 goes on (1/2) into itself and emits the event there (1/5): v1 = 1/2 (1/5 + 4/5 v1) = 1/6.
    # State 0 goes on (3/4), stays (1/3) or moves (2/3): v0 = 3/4 (1/3 v0 + 2/3 (1/5 + 4/5 v1)) = 2/9.
    transition = np.array([[1 / 3, 2 / 3], [0.0, 1.0]])
    come = still_to_come(transition, end=np.array([1 / 4, 1 / 2]), event=np.array([0.0, 1 / 5]))
    np.testing.assert_allclose(come, [2 / 9, 1 / 6])


@pytest.mark.parametrize("state", range(4))
@given(SEEDS)
def test_what_is_still_to_come_equals_the_sum_over_all_futures_of_a_chain_that_only_moves_on(state, seed):
    generator = np.random.default_rng(seed)
    transition = np.triu(generator.random((4, 4)) + 0.01, k=1)
    transition[3, 3] = 1.0
    transition /= transition.sum(axis=1, keepdims=True)
    end, event = np.append(generator.random(3), 1.0), generator.random(4)

    def later(here: int) -> float:
        return sum(
            (1 - end[here]) * transition[here, there] * (event[there] + (1 - event[there]) * later(there))
            for there in range(here + 1, 4)
        )

    np.testing.assert_allclose(still_to_come(transition, end, event)[state], later(state), rtol=1e-9)
