"""What learning costs: a bandit run on prediction times whose rewards are known exactly."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from intent_tf.decisions.policy.lin_ucb import LinUCB
from intent_tf.decisions.policy.off_policy import ON_PROBABILITY, UNIFORM
from intent_tf.simulator.hidden_markov import Floats, draw
from intent_tf.simulator.trial import Interventions

#: Rounds between two updates of a bandit.
_BATCH = 100


def regret_curve(
    bandit: LinUCB,
    contexts: np.ndarray,
    values: Floats,
    rewards: Floats,
    seed: int = 0,
) -> np.ndarray:
    """Let a bandit act and learn, 100 rounds at a time, and sum up what it misses.

    Args:
        bandit: Learns as it goes.
        contexts: One round a row, ``(rounds, features)``.
        values: Exact expected profit of each action, ``(rounds, actions)``.
        rewards: Drawn reward of each action, ``(rounds, actions)``; the bandit is told that of the one it
            takes.
        seed: Seed of the actions drawn.

    Returns:
        Regret summed up to each round, in the unit of the values, ``(rounds,)``: the best action's value less
        the mean value under the bandit's probabilities.

    Example:
        >>> from intent_tf.decisions.policy.lin_ucb import LinUCB
        >>> values = np.tile([1.0, 0.0], (1000, 1))
        >>> curve = regret_curve(LinUCB(2, 1, floor=0.0), np.ones((1000, 1)), values, rewards=values)
        >>> float(curve[-1])  # both are tried, one of them never again
        0.0
    """
    generator = np.random.default_rng(seed)
    missed = np.empty(len(contexts))
    for begin in range(0, len(contexts), _BATCH):
        rounds = np.arange(begin, min(begin + _BATCH, len(contexts)))
        probabilities = bandit.probabilities(contexts[rounds])
        missed[rounds] = values[rounds].max(axis=1) - (probabilities * values[rounds]).sum(axis=1)
        actions = draw(probabilities, np.arange(len(rounds)), generator)
        bandit.learn(contexts[rounds], actions, rewards[rounds, actions])
    return missed.cumsum()


def regret_curves(
    contexts: np.ndarray,
    fifths: np.ndarray,
    probabilities: Floats,
    offer: Interventions,
    spread: float,
    floor: float = 0.02,
    runs: int = 5,
    seed: int = 0,
) -> pd.DataFrame:
    """Run the bandit and what it is compared with, several times, each in another order.

    Args:
        contexts: What the bandit sees, ``(rounds, features)``.
        fifths: What the greedy one on probability alone sees, from `probability_fifths`, ``(rounds, 5)``.
        probabilities: Exact probability of a purchase after each action, ``(rounds, actions)``.
        offer: The actions.
        spread: Width of the bandit's bounds, in the unit of profits.
        floor: Share of rounds in which any action is drawn; 0.1 for the greedy one.
        runs: How often.
        seed: Of everything random.

    Returns:
        ``policy, run, round, regret`` (profit missed up to the round), at 100 rounds of each run.
    """
    values, width = offer.profits(probabilities), contexts.shape[1]
    count = len(offer.names)
    ways: dict[str, tuple[np.ndarray, Callable[[], LinUCB]]] = {
        UNIFORM: (fifths, lambda: LinUCB(count, 5, floor=1.0)),
        ON_PROBABILITY: (fifths, lambda: LinUCB(count, 5, exploration=0.0, floor=0.1)),
        "LinUCB": (contexts, lambda: LinUCB(count, width, spread, floor)),
    }
    shown = np.unique(np.linspace(0, len(values) - 1, 100).astype(int))
    parts = []
    for number in range(runs):
        generator = np.random.default_rng([seed, number])
        order = generator.permutation(len(values))
        rewards = offer.profits((generator.random(values.shape) < probabilities[order]).astype(np.float64))
        for name, (seen, make) in ways.items():
            curve = regret_curve(make(), seen[order], values[order], rewards, seed=number)[shown]
            columns = {"policy": name, "run": number, "round": shown + 1, "regret": curve}
            parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
