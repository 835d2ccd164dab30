"""The decisions of a log: when in which session, what was done, how probably, what it brought."""

import numpy as np
import pandas as pd

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.policy.off_policy import LoggedDecisions
from intent_tf.errors import InputError
from intent_tf.simulator.hidden_markov import Floats
from intent_tf.simulator.trial import Trial, beliefs_at, simulate_trial

_NEEDED = ("session_id", "events", "action", "propensity", "reward")


def decision_table(log: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Put beside each logged action what was known at its prediction time.

    Args:
        log: Events.
        actions: One row a decision: ``session_id``, ``events`` (how many the session had by then),
            ``action`` (any name), ``propensity`` (probability with which it was taken) and ``reward`` (what
            it brought, in one's currency).

    Returns:
        Examples without their label, in the order of their prediction times, with the columns of ``actions``.
        Decisions with something in the cart, which make no example, are excluded.

    Raises:
        InputError: If a column is missing, or the log has none of the prediction times.
    """
    for name in _NEEDED:
        if name not in actions.columns:
            raise InputError(f"the actions have no column {name!r}", expected=", ".join(_NEEDED))
    prediction_times = ",".join(str(number) for number in sorted(actions["events"].unique()))
    examples = prepare_examples(log, ExampleDefinition(prediction_times=prediction_times)).examples.drop(
        columns="purchase"
    )
    decisions = actions[list(_NEEDED)].astype({"session_id": "str"})
    table = examples.merge(decisions, on=["session_id", "events"])
    if table.empty:
        raise InputError(
            "no action is at a prediction time of the log", expected="its session_id and event numbers"
        )
    return table.sort_values("prediction_time", kind="stable", ignore_index=True)


def simulated_decisions(
    sessions: int, trial: Trial | None = None, seed: int = 0
) -> tuple[pd.DataFrame, Floats]:
    """Let the simulated shop try its actions, and say what each would have been worth.

    Args:
        sessions: How many sessions, at least 1.
        trial: When it acts, and how.
        seed: Fixes every draw.

    Returns:
        The decisions, as `decision_table` gives them, and the exact probability of a purchase after each
        action, ``(decisions, actions)``.
    """
    trial = trial or Trial()
    log, actions = simulate_trial(sessions, trial, seed)
    offer = trial.interventions
    code = pd.Index(offer.names).get_indexer(pd.Index(actions["action"]))
    bought = np.tile(actions["purchase"].to_numpy(np.float64)[:, None], len(offer.names))
    actions["reward"] = offer.profits(bought)[np.arange(len(code)), code]
    decisions = decision_table(log, actions)
    return decisions, offer.purchase_probabilities(beliefs_at(decisions, log))


def logged(decisions: pd.DataFrame, names: tuple[str, ...]) -> LoggedDecisions:
    """Take the decisions of a table, with actions as indices among their names.

    Raises:
        InputError: If an action has another name, or a propensity is 0.
    """
    code = pd.Index(names).get_indexer(pd.Index(decisions["action"]))
    if (code < 0).any():
        row = int((code < 0).argmax())
        raise InputError(
            f"found {decisions['action'].iloc[row]!r}", row=row, column="action", expected=", ".join(names)
        )
    rewards, propensities = (decisions[name].to_numpy(np.float64) for name in ("reward", "propensity"))
    return LoggedDecisions(code, rewards, propensities)
