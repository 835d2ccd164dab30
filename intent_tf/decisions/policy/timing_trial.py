"""A trial that acts at every early event of the simulated shop, to learn when acting is worth it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.policy.bandits import LinUCB
from intent_tf.decisions.policy.contexts import Contexts
from intent_tf.decisions.policy.decision_table import logged, simulated_decisions
from intent_tf.decisions.policy.timing import compare_timing
from intent_tf.models.intent_model import IntentModel
from intent_tf.simulator.interventions import Interventions, beliefs_at
from intent_tf.simulator.simulator import simulate
from intent_tf.simulator.trial import Trial


def timing_trial(
    model: IntentModel, contexts: Contexts, sessions: int, events: int = 8, seed: int = 0
) -> pd.DataFrame:
    """Learn what actions gain at each of the first events, and evaluate when it is best to act.

    Args:
        model: A trained model.
        contexts: What is seen of a prediction time.
        sessions: Sessions of the trial, as many for each event; as many others, not acted on, are evaluated.
        events: The last event that may be acted on.
        seed: Fixes every draw.

    Returns:
        The table of `compare_timing`.
    """
    offer = Interventions()
    learnt: LinUCB | None = None
    for event in range(1, events + 1):
        trial = Trial(offer, after=event)
        decisions, _ = simulated_decisions(max(1, sessions // events), trial, seed + event)
        seen, done = contexts.of(model, decisions), logged(decisions, offer.names)
        learnt = learnt or LinUCB(len(offer.names), seen.shape[1])
        learnt.learn(seen, done.actions, done.rewards)
    assert learnt is not None
    log = simulate(sessions, seed)
    definition = ExampleDefinition(prediction_times=",".join(map(str, range(1, events + 1))))
    prediction_times = prepare_examples(log, definition).examples
    prediction_times = prediction_times.sort_values(
        ["session_id", "events"], kind="stable", ignore_index=True
    )
    exact = offer.profits(offer.purchase_probabilities(beliefs_at(prediction_times, log)))
    number = prediction_times["session_id"].factorize()[0]
    learning = np.random.default_rng(seed).random(number.max() + 1)[number] < 0.5
    return compare_timing(
        prediction_times, learnt.expected_rewards(contexts.of(model, prediction_times)), exact, learning
    )
