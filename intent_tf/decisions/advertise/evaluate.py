"""The entire-space model beside plainer ones, and ways to choose whom to treat, on later rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from intent_tf.decisions.advertise.entire_space import EntireSpaceModel
from intent_tf.decisions.advertise.funnel import BOTH, CLICK
from intent_tf.decisions.advertise.qini import added_by_truth, qini_coefficient, qini_curve
from intent_tf.decisions.advertise.uplift import Fit
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate


def compare_rates(
    model: EntireSpaceModel, past: pd.DataFrame, future: pd.DataFrame, fit: Fit
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Evaluate the rates of impressions that came after those that were learnt from.

    Args:
        model: A model that is fitted on ``past``.
        past: Impressions to learn from, from `funnel_table`.
        future: Later impressions, from `funnel_table`.
        fit: Function that fits the plainer models: one of clicks and one of conversions that sees clicked
            rows only (``two models``), and one of both at once (``one model``).

    Returns:
        The rates by ``model`` on ``future``; and one row a way with ``ctr``, ``cvr`` (on clicked rows) and
        ``ctcvr``, each as ``_auroc`` and ``_log_loss`` (nats); ``constant`` are the rates of ``past``.

    Raises:
        InputError: If no purchase follows a click in the future, so that nothing can be evaluated.
    """
    if not future[BOTH].any():
        raise InputError(
            f"no purchase follows a click in the last {len(future)} prediction times",
            expected="at least one",
            remedy="take a longer log",
        )
    rates = model.rates(future)
    labels = [CLICK, BOTH]
    features, clicked = past.drop(columns=labels), past[CLICK].eq(1)

    def fitted(rows: pd.Series, label: str) -> np.ndarray:
        outcome = past.loc[rows, label].to_numpy()
        return fit(features[rows], outcome, np.ones(len(outcome)))(future.drop(columns=labels))

    everyone = pd.Series(True, past.index)
    ctr, cvr = fitted(everyone, CLICK), fitted(clicked, BOTH)
    constant = past[CLICK].mean(), past.loc[clicked, BOTH].mean()
    ways = {
        "entire space": rates,
        "two models": pd.DataFrame({"ctr": ctr, "cvr": cvr, "ctcvr": ctr * cvr}),
        "one model": pd.DataFrame({"ctcvr": fitted(everyone, BOTH)}),
        "constant": pd.DataFrame(
            {"ctr": constant[0], "cvr": constant[1], "ctcvr": constant[0] * constant[1]}, future.index
        ),
    }
    rows = {}
    is_clicked = future[CLICK].to_numpy() == 1
    for name, table in ways.items():
        figures: dict[str, float | None] = {}
        for rate, label, counted in (("ctr", CLICK, None), ("cvr", BOTH, is_clicked), ("ctcvr", BOTH, None)):
            if rate in table:
                chosen = np.ones(len(future), bool) if counted is None else counted
                metrics = evaluate(future[label].to_numpy()[chosen], table[rate].to_numpy()[chosen])
                figures |= {f"{rate}_auroc": metrics.auroc, f"{rate}_log_loss": metrics.log_loss}
        rows[name] = figures
    return rates, pd.DataFrame(rows).T.astype(np.float64)


def compare_targeting(
    scores: Mapping[str, np.ndarray], trial: pd.DataFrame, effect: np.ndarray, share: float = 0.3
) -> pd.DataFrame:
    """Evaluate ways to choose whom to treat.

    Args:
        scores: Score of each shopper by way, the highest to be treated first, ``(shoppers,)``.
        trial: ``treated`` and ``purchase`` of shoppers that no score has learnt from.
        effect: What the treatment truly adds to each one's probability.
        share: Share of the shoppers who are treated, in (0, 1).

    Returns:
        One row a way: ``qini`` (from the trial's outcomes, see `qini_coefficient`), ``true_qini`` (the same
        area, from the true effects) and ``added`` (true purchases added a thousand shoppers, if the share is
        treated).
    """
    rows = {}
    shares = np.linspace(0, 1, 101)
    for name, score in scores.items():
        truth = pd.DataFrame({"share": shares, "added": [added_by_truth(score, effect, s) for s in shares]})
        rows[name] = {
            "qini": qini_coefficient(qini_curve(score, trial["treated"], trial["purchase"])),
            "true_qini": qini_coefficient(truth),
            "added": 1000 * added_by_truth(score, effect, share),
        }
    return pd.DataFrame(rows).T
