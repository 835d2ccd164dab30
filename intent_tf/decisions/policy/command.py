"""`python -m intent_tf.decide policy`: which action to take in a session."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from intent_tf.data.tables import read_table
from intent_tf.data.typed_columns import with_numbers
from intent_tf.decisions.event_log import read_log, writes_results
from intent_tf.decisions.intent import fit_intent
from intent_tf.decisions.plot import save
from intent_tf.decisions.policy.contexts import Contexts, probability_fifths
from intent_tf.decisions.policy.decision_table import decision_table, logged, simulated_decisions
from intent_tf.decisions.policy.off_policy import compare_policies
from intent_tf.decisions.policy.regret import regret_curves
from intent_tf.errors import InputError
from intent_tf.options.decide import LogConfig, PolicyConfig
from intent_tf.simulator.trial import Interventions, Trial


@writes_results("policy", "off_policy.csv", "regret.csv", "regret.svg", "off_policy.svg")
def run(log_config: LogConfig, config: PolicyConfig, folder: Path) -> None:
    """Evaluate policies from a log, let a bandit learn where the truth is known."""
    if (log_config.log is None) != (config.actions is None):
        raise InputError(
            "a log and a table of actions belong together",
            expected="both --log and --actions, or neither",
            remedy="a log alone does not say what the shop did in its sessions",
        )
    log = read_log(log_config)
    offer, values = Interventions(), None
    if config.actions is None:
        model = fit_intent(log, seed=log_config.seed)
        trial = Trial(offer, config.after)
        decisions, probabilities = simulated_decisions(config.trial_sessions, trial, log_config.seed + 1000)
        names, values = offer.names, offer.profits(probabilities)
    else:
        decisions = decision_table(log, with_numbers(read_table(config.actions).frame))
        names = tuple(sorted(decisions["action"].unique()))
        begin = decisions["prediction_time"].iloc[len(decisions) // 3]
        model = fit_intent(log[log["timestamp"] < begin], seed=log_config.seed)
        decisions = decisions[decisions["prediction_time"] >= begin].reset_index(drop=True)
    fitted = decisions.head(len(decisions) // 10)
    contexts = Contexts.fit(model, fitted, config.components).of(model, decisions)
    fifths = probability_fifths(model.predict(decisions), model.predict(fitted))
    done = logged(decisions, names)
    compared = compare_policies(done, names, contexts, fifths, values, config.alpha)
    print(f"{len(decisions):,} decisions; mean reward of a policy, estimated from the later half\n")
    print(compared.round(3).to_string())
    compared.to_csv(folder / "off_policy.csv")
    if values is not None:
        spread = config.exploration * float(done.rewards.std())
        curves = regret_curves(
            contexts, fifths, probabilities, offer, spread, config.floor, config.runs, log_config.seed
        )
        last = curves[curves["round"] == curves["round"].max()]
        regret = last.groupby("policy", sort=False)["regret"].agg(["mean", "std"]) / len(contexts)
        print(
            f"\nregret a round, mean and deviation of {config.runs} runs; the oracle earns "
            f"{values.max(axis=1).mean():.3f} a round\n{regret.round(3).to_string()}"
        )
        curves.to_csv(folder / "regret.csv", index=False)
        save(lambda axes: draw_regret(axes, curves), folder / "regret.svg")
    else:
        save(lambda axes: draw_estimates(axes, compared), folder / "off_policy.svg")


def draw_regret(axes: Axes, curves: pd.DataFrame) -> None:
    """Draw the regret of each policy against the rounds: mean and range of the runs; the oracle's is 0."""
    for name, rows in curves.groupby("policy", sort=False):
        runs = rows.groupby("round")["regret"]
        axes.plot(runs.mean(), label=str(name))
        axes.fill_between(runs.mean().index, runs.min(), runs.max(), alpha=0.2, linewidth=0)
    axes.axhline(0, color="0.3", linewidth=1, label="oracle")
    axes.set(xlabel="rounds", ylabel="regret so far (profit missed)")
    axes.legend(frameon=False)


def draw_estimates(axes: Axes, compared: pd.DataFrame) -> None:
    """Draw what each policy is estimated to earn, with its doubly robust interval, and the truth if known."""
    indices = np.arange(len(compared))[::-1]
    error = [compared["dr"] - compared["dr_low"], compared["dr_high"] - compared["dr"]]
    axes.errorbar(compared["dr"], indices, xerr=error, fmt="o", label="doubly robust")
    if "truth" in compared:
        axes.plot(compared["truth"], indices, "x", color="black", label="truth")
    axes.set_yticks(indices, compared.index)
    axes.set(xlabel="mean reward of a decision")
    axes.legend(frameon=False)
