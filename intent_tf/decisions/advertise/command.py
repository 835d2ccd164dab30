"""`python -m intent_tf.decide advertise`: rates, bids within a budget, and whom to treat."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from intent_tf.decisions.advertise.bidding import compare_bids
from intent_tf.decisions.advertise.funnel import BOTH, CLICK, funnel_table
from intent_tf.decisions.advertise.rates import compare_rates, impression_rates
from intent_tf.decisions.advertise.targeting import added_by_truth, compare_targeting, persuasion_trial
from intent_tf.decisions.advertise.uplift import TLearner, intent_fit
from intent_tf.decisions.event_log import read_log, writes_results
from intent_tf.decisions.plot import save
from intent_tf.options.decide import AdvertiseConfig, LogConfig

_RANDOM = "random"
ORACLE = "true effect"


@writes_results("advertise", "rates.csv", "models.csv", "bids.csv", "targeting.csv", "targeting.svg")
def run(log_config: LogConfig, config: AdvertiseConfig, folder: Path) -> None:
    """Rate impressions, bid for them, choose whom to treat, print and write it."""
    past, future = _split(funnel_table(read_log(log_config)), config.known)
    fit = intent_fit(seed=log_config.seed)
    rates = impression_rates(past, future, fit)
    compared = compare_rates(rates, past, future, fit)
    print(
        f"{len(future):,} later prediction times: a click follows {future[CLICK].mean():.1%} of them, "
        f"and a purchase too {future[BOTH].mean():.1%}"
    )
    print(compared.round(4).to_string(na_rep="–"), "\n")
    bids = compare_bids(rates, future[BOTH].to_numpy(), config.value, config.budget, seed=log_config.seed)
    print("one budget, spent by bids in proportion to")
    print(bids.round(2).to_string(), "\n")

    trial, effect = persuasion_trial(config.trial_sessions, config.treatment, seed=log_config.seed)
    border = int(config.known * len(trial))
    scores = _scores(trial.head(border), trial.iloc[border:], log_config.seed) | {ORACLE: effect[border:]}
    targeting = compare_targeting(scores, trial.iloc[border:], effect[border:], config.treated)
    print(f"simulated trial of a {config.treatment} on {len(trial):,} shoppers; it adds {effect.mean():.2%}")
    print(f"purchases added a thousand shoppers, if the first {config.treated:.0%} by each score are treated")
    print(targeting.round({"qini": 4, "true_qini": 4, "added": 2}).to_string())

    columns = ["user_id", "session_id", "prediction_time", "events", CLICK, BOTH]
    future[columns].join(rates).to_csv(folder / "rates.csv", index=False)
    compared.to_csv(folder / "models.csv", index_label="way")
    bids.to_csv(folder / "bids.csv", index_label="way")
    targeting.to_csv(folder / "targeting.csv", index_label="way")
    save(lambda axes: draw_targeting(axes, scores, effect[border:]), folder / "targeting.svg")


def draw_targeting(axes: Axes, scores: Mapping[str, np.ndarray], effect: np.ndarray) -> None:
    """Draw the purchases that a treatment truly adds, against the share of shoppers who get it."""
    shares = np.linspace(0, 1, 51)
    for name, score in scores.items():
        added = [1000 * added_by_truth(score, effect, share) for share in shares]
        axes.plot(shares, added, label=name, linestyle=":" if name in (_RANDOM, ORACLE) else "-")
    axes.axhline(0, color="0.5", linewidth=1)  # some treatments put shoppers off
    axes.set(xlabel="share of shoppers treated", ylabel="purchases added a thousand shoppers")
    axes.legend(frameon=False)


def _split(table: pd.DataFrame, share: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut a table in two by time; a session lies on the side of its first prediction time."""
    begin = table.groupby("session_id")["prediction_time"].transform("min")
    border = begin.sort_values(ignore_index=True).iloc[int(share * len(table))]
    parts = table[begin < border], table[begin >= border]
    past, future = (part.reset_index(drop=True) for part in parts)
    return past, future


def _scores(past: pd.DataFrame, future: pd.DataFrame, seed: int) -> dict[str, np.ndarray]:
    features = past.drop(columns=["treated", "purchase"])
    treated, outcome = past["treated"].to_numpy(), past["purchase"].to_numpy()
    two = TLearner.fit(features, treated, outcome, intent_fit(seed=seed))
    return {
        "T-learner": two.effect(future),
        "probability": two.untreated(future),
        _RANDOM: np.random.default_rng(seed).random(len(future)),
    }
