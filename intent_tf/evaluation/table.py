"""The table of figures that a run prints: the model beside its baselines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLUMNS = {"auroc": "AUROC", "auprc": "AUPRC", "log_loss": "log loss", "brier": "Brier", "ece": "ECE"}
HIGHER_IS_BETTER = ("auroc", "auprc")


def metrics_table(
    test: Mapping[str, Any],
    baselines: Mapping[str, Mapping[str, Any]],
    optimum: Mapping[str, Any] | None = None,
) -> str:
    """Lay out the figures of a run as plain text.

    Args:
        test: What `evaluate` found for the model on the test rows.
        baselines: The same for each baseline, by name.
        optimum: The same for the best probabilities there can be, where they are known (simulator).

    Returns:
        A table of one line a model, without a line break at the end. A figure that is not defined is "–".

    Example:
        >>> model = {"auroc": 0.93, "auprc": 0.76, "log_loss": 0.22, "brier": 0.068, "ece": 0.008}
        >>> constant = {"auroc": 0.5, "auprc": 0.155, "log_loss": 0.431, "brier": 0.131, "ece": 0.001}
        >>> print(metrics_table(model, {"constant_rate": constant}))
        test rows         AUROC    AUPRC  log loss    Brier      ECE
        intent_tf        0.9300   0.7600    0.2200   0.0680   0.0080
        constant_rate    0.5000   0.1550    0.4310   0.1310   0.0010
    """
    rows = table_rows(test, baselines, optimum)
    width = max(map(len, [*rows, "test rows"]))
    lines = ["test rows".ljust(width) + "".join(f"{title:>10}" for title in COLUMNS.values())]
    for name, measured in rows.items():
        lines.append(name.ljust(width) + "".join(f"{figure(measured[key]):>10}" for key in COLUMNS))
    return "\n".join(lines)


def table_rows(
    test: Mapping[str, Any],
    baselines: Mapping[str, Mapping[str, Any]],
    optimum: Mapping[str, Any] | None = None,
) -> dict[str, Mapping[str, Any]]:
    """Collect the rows of the table by name: the model, baselines from the best log loss on, the optimum."""
    ranked = sorted(baselines, key=lambda name: float(baselines[name]["log_loss"]))
    rows = {"intent_tf": test, **{name: baselines[name] for name in ranked}}
    return rows if optimum is None else {**rows, "exact optimum": optimum}


def figure(value: float | None) -> str:
    """Write a figure with four decimals, or a dash for one that is not defined."""
    return "–" if value is None else f"{value:.4f}"
