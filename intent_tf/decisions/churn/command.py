"""`python -m intent_tf.decide churn`: which users will not come back."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from intent_tf.data.predictions import Labels
from intent_tf.decisions.churn.churn_examples import (
    LABEL,
    SILENT,
    SUBJECTS,
    churn_examples,
    snapshots,
    users_at,
)
from intent_tf.decisions.churn.evaluate import calibration_table, churn_metrics, recency_risk
from intent_tf.decisions.churn.reasons import alarm_reasons, typical_stayer
from intent_tf.decisions.event_log import read_busy_log, writes_results
from intent_tf.decisions.intent import fit_model
from intent_tf.decisions.plot import save
from intent_tf.evaluation.bootstrap import compare
from intent_tf.options.decide import ChurnConfig, LogConfig


@writes_results("churn", "alarms.csv", "evaluation.csv", "calibration.svg")
def run(log_config: LogConfig, config: ChurnConfig, folder: Path) -> None:
    """Predict churn at the last time whose outcome is known, list today's alarms."""
    log = read_busy_log(log_config)
    horizon = pd.Timedelta(days=config.horizon)
    silence = horizon * config.longest_silence
    prediction_times = snapshots(log, horizon, config.prediction_times)
    *earlier, test = [
        churn_examples(log, prediction_time, horizon, silence) for prediction_time in prediction_times
    ]
    past = pd.concat(earlier, ignore_index=True)
    model = fit_model(past, LABEL, drop=SUBJECTS, seed=log_config.seed)
    rate = float(past[LABEL].mean())
    risks = {
        "intent_tf": model.predict(test),
        "recency alone": recency_risk(past, test),
        "constant rate": np.full(len(test), rate),
    }
    evaluation = pd.DataFrame(
        {name: churn_metrics(test[LABEL], risk, config.alarms) for name, risk in risks.items()}
    ).T
    labels = Labels.unweighted(test[LABEL])
    gain = compare(labels, risks["intent_tf"], risks["recency alone"], seed=log_config.seed)["auroc"]
    print(
        f"{len(past):,} users at {len(earlier)} earlier prediction times, "
        f"{len(test):,} at {prediction_times[-1]}; {test[LABEL].mean():.1%} of them churned\n"
    )
    print(evaluation.round(4).to_string())
    print(f"\nAUROC over recency alone: {gain.difference:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]\n")

    today = users_at(log, log["timestamp"].max(), silence)
    alarms = today.assign(risk=model.predict(today)).sort_values("risk", ascending=False, kind="stable")
    alarms = alarms.head(max(1, round(config.alarms * len(alarms)))).reset_index(drop=True)
    alarms["reasons"] = alarm_reasons(
        model.predict, alarms, typical_stayer(past, past[LABEL], model.predict(past))
    )
    shown = alarms[["user_id", "risk", SILENT, "reasons"]]
    print(shown.head(10).to_string(index=False, float_format=lambda value: f"{value:.3f}"))
    shown.to_csv(folder / "alarms.csv", index=False)
    evaluation.to_csv(folder / "evaluation.csv")
    save(lambda axes: draw_calibration(axes, test[LABEL], risks), folder / "calibration.svg")


def draw_calibration(axes: Axes, churned: pd.Series, risks: dict[str, np.ndarray]) -> None:
    """Draw the share that churned against the risk told, for each way to tell it."""
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, linestyle=":", label="perfectly calibrated")
    for name, risk in risks.items():
        table = calibration_table(churned, risk, bins=5 if np.ptp(risk) else 1)
        axes.plot(table["risk"], table["churned"], marker="o", label=name)
    axes.set(xlabel="risk told", ylabel="share that churned", xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False)
