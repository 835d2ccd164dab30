"""`python -m intent_tf.decide experiment`: an A/A or A/B test on the users of a log."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from intent_tf.decisions.event_log import read_log, writes_results
from intent_tf.decisions.experiments.difference import Difference, cuped, difference
from intent_tf.decisions.experiments.experiment_table import CONTROL, TREATMENT, experiment_table
from intent_tf.decisions.experiments.sample_size import ratio_p_value, sample_size
from intent_tf.decisions.experiments.sequential import (
    always_valid_margin,
    always_valid_p_values,
    peeking_errors,
)
from intent_tf.decisions.plot import save
from intent_tf.options.decide import ExperimentConfig, LogConfig


@writes_results("experiment", "users.csv", "difference.csv", "peeking.csv", "peeking.svg")
def run(log_config: LogConfig, config: ExperimentConfig, folder: Path) -> None:
    """Analyse the experiment, print and write its figures."""
    table = experiment_table(read_log(log_config), config.name, config.share, config.known)
    treated = table["arm"].eq(TREATMENT)
    if config.effect:
        persuaded = np.random.default_rng(log_config.seed).random(len(table)) < config.effect
        table["purchase"] = table["purchase"].where(~(treated & persuaded), 1)
    counts = {arm: int(table["arm"].eq(arm).sum()) for arm in (CONTROL, TREATMENT)}
    ratio = ratio_p_value(counts[CONTROL], counts[TREATMENT], config.share)
    metric = table[config.metric].to_numpy(np.float64)
    adjusted = cuped(metric, table["events_before"])
    by_test = {
        "plain": difference(metric[~treated], metric[treated], config.alpha),
        "CUPED": difference(adjusted[~treated], adjusted[treated], config.alpha),
        "always valid": _always_valid(metric, treated.to_numpy(), config),
    }
    rows = pd.DataFrame(list(by_test.values()), index=pd.Index(list(by_test), name="test"))
    rows["width"] = rows["high"] - rows["low"]
    rate = metric[~treated].mean()
    needed = sample_size(
        config.lift * rate, metric[~treated].std(ddof=1), config.power, config.alpha, config.share
    )
    conversion = table["purchase"].mean()
    peeking = peeking_errors(conversion, 10_000, config.looks, config.alpha, seed=log_config.seed)
    warning = " (MISMATCH: trust nothing below)" if ratio < 0.001 else ""
    last = peeking.iloc[-1]
    print(
        f"{counts[CONTROL]:,} users in control, {counts[TREATMENT]:,} treated; ratio p {ratio:.4f}{warning}"
    )
    print(
        f"{config.metric} a user in control {rate:.4f}; a lift of {config.lift:.0%} needs {needed:,} users\n"
    )
    print(rows.to_string(float_format=lambda value: f"{value:.4f}"))
    print(f"\nfalse alarms of {config.looks} looks at 10,000 users an arm: ", end="")
    print(f"plain test {last['fixed_horizon']:.1%}, always-valid test {last['always_valid']:.1%}")
    table.to_csv(folder / "users.csv", index=False)
    rows.to_csv(folder / "difference.csv")
    peeking.to_csv(folder / "peeking.csv", index=False)
    save(lambda axes: draw_peeking(axes, peeking, config.alpha), folder / "peeking.svg")


def draw_peeking(axes: Axes, peeking: pd.DataFrame, alpha: float) -> None:
    """Draw the share of experiments without an effect that raised a false alarm, against the users so far."""
    axes.axhline(alpha, color="0.5", linewidth=1, linestyle=":", label=f"promised: {alpha:.0%}")
    axes.plot(peeking["users"], peeking["fixed_horizon"], label="plain test at every look")
    axes.plot(peeking["users"], peeking["always_valid"], label="always-valid test")
    axes.set(xlabel="users an arm so far", ylabel="share with a false alarm", ylim=(0, None))
    axes.legend(frameon=False)


def _always_valid(metric: np.ndarray, treated: np.ndarray, config: ExperimentConfig) -> Difference:
    """Look at the experiment as its users enter, and report the last look."""
    estimates, variances = [], []
    for seen in np.linspace(len(metric) / config.looks, len(metric), config.looks).astype(int):
        arms = [metric[:seen][treated[:seen] == arm] for arm in (False, True)]
        if min(map(len, arms)) < 2 or not sum(arm.var() for arm in arms):
            continue
        estimates.append(arms[1].mean() - arms[0].mean())
        variances.append(sum(arm.var(ddof=1) / len(arm) for arm in arms))
    tau = 0.1 * metric.std()
    p_value = always_valid_p_values(estimates, variances, tau)[-1]
    margin = float(always_valid_margin(variances[-1], tau, config.alpha))
    estimate = float(estimates[-1])
    return Difference(estimate, estimate - margin, estimate + margin, float(p_value))
