"""How probable a click is, and a purchase after it: a model each, beside plainer ways, on later rows."""

import numpy as np
import pandas as pd

from intent_tf.data.predictions import Predictions
from intent_tf.decisions.advertise.funnel import BOTH, CLICK
from intent_tf.decisions.advertise.uplift import Fit, Predict
from intent_tf.errors import InputError
from intent_tf.evaluation.metrics import evaluate


def impression_rates(past: pd.DataFrame, future: pd.DataFrame, fit: Fit) -> pd.DataFrame:
    """Predict the rates of impressions, by a model of clicks and one of purchases that sees clicked rows.

    Args:
        past: Impressions to learn from, from `funnel_table`.
        future: Later impressions.
        fit: Function that fits a model.

    Returns:
        ``ctr`` (a click), ``cvr`` (a purchase, given a click) and ``ctcvr`` (both, their product), each in
        [0, 1], with the index of ``future``.

    Raises:
        InputError: If all clicks, or all purchases after a click, are alike.
    """
    clicked, features = past[past[CLICK] == 1], future.drop(columns=[CLICK, BOTH])
    ctr, cvr = (_fitted(rows, label, fit)(features) for rows, label in ((past, CLICK), (clicked, BOTH)))
    return pd.DataFrame({"ctr": ctr, "cvr": cvr, "ctcvr": ctr * cvr}, future.index)


def compare_rates(rates: pd.DataFrame, past: pd.DataFrame, future: pd.DataFrame, fit: Fit) -> pd.DataFrame:
    """Evaluate the rates of impressions that came after those that were learnt from.

    Args:
        rates: From `impression_rates`.
        past: Impressions to learn from.
        future: The impressions of the rates.
        fit: Function that fits a model.

    Returns:
        One row a way with ``ctr``, ``cvr`` (on clicked rows) and ``ctcvr``, each as ``_auroc`` and
        ``_log_loss`` (nats): ``two models`` are the rates, ``one model`` is of click and purchase at once,
        and ``constant`` are the rates of ``past``.

    Raises:
        InputError: If no purchase follows a click in the future, so that nothing can be evaluated.
    """
    if not future[BOTH].any():
        raise InputError(
            f"no purchase follows a click in the last {len(future)} prediction times",
            expected="at least one",
            remedy="take a longer log",
        )
    ctr, both = past[CLICK].mean(), past[BOTH].mean()
    at_once = _fitted(past, BOTH, fit)(future.drop(columns=[CLICK, BOTH]))
    ways = {
        "two models": rates,
        "one model": pd.DataFrame({"ctcvr": at_once}, future.index),
        "constant": pd.DataFrame({"ctr": ctr, "cvr": both / ctr, "ctcvr": both}, future.index),
    }
    clicked, rows = (future[CLICK] == 1).to_numpy(), {}
    for name, table in ways.items():
        figures: dict[str, float | None] = {}
        for rate, label in (("ctr", CLICK), ("cvr", BOTH), ("ctcvr", BOTH)):
            if rate in table:
                chosen = clicked if rate == "cvr" else np.ones(len(future), bool)
                metrics = evaluate(Predictions.unweighted(future[label], table[rate]).take(chosen))
                figures |= {f"{rate}_auroc": metrics.auroc, f"{rate}_log_loss": metrics.log_loss}
        rows[name] = figures
    return pd.DataFrame(rows).T.astype(np.float64)


def _fitted(rows: pd.DataFrame, label: str, fit: Fit) -> Predict:
    return fit(rows.drop(columns=[CLICK, BOTH]), rows[label].to_numpy())
