"""The table of figures that a run prints: the model beside its baselines."""

from collections.abc import Mapping

from intent_tf.evaluation.metrics import Metrics

COLUMNS = {"auroc": "AUROC", "auprc": "AUPRC", "log_loss": "log loss", "brier": "Brier", "ece": "ECE"}
HIGHER_IS_BETTER = ("auroc", "auprc")


def metrics_table(
    test: Metrics,
    baselines: Mapping[str, Metrics],
    optimum: Metrics | None = None,
) -> str:
    """Lay out the figures of a run as plain text.

    Args:
        test: Metrics of the model on the test rows.
        baselines: Metrics of each baseline on the test rows, by name.
        optimum: Metrics of the best probabilities that there can be, where they are known (simulator).

    Returns:
        A table of one line a model, without a line break at the end. A figure that is not defined is "–".

    Example:
        >>> from intent_tf.data.predictions import Labels
        >>> from intent_tf.evaluation.metrics import evaluate_all
        >>> probabilities = {"intent_tf": [0.1, 0.7, 0.2, 0.9], "constant_rate": [0.5] * 4}
        >>> baselines = evaluate_all(Labels.unweighted([0, 1, 0, 1]), probabilities)
        >>> print(metrics_table(baselines.pop("intent_tf"), baselines))
        test rows         AUROC    AUPRC  log loss    Brier      ECE
        intent_tf        1.0000   1.0000    0.1976   0.0375   0.1750
        constant_rate    0.5000   0.5000    0.6931   0.2500   0.0000
    """
    rows = table_rows(test, baselines, optimum)
    width = max(map(len, [*rows, "test rows"]))
    lines = ["test rows".ljust(width) + "".join(f"{title:>10}" for title in COLUMNS.values())]
    for name, metrics in rows.items():
        lines.append(name.ljust(width) + "".join(f"{figure(getattr(metrics, key)):>10}" for key in COLUMNS))
    return "\n".join(lines)


def table_rows(
    test: Metrics,
    baselines: Mapping[str, Metrics],
    optimum: Metrics | None = None,
) -> dict[str, Metrics]:
    """Collect the rows of the table by name: the model, baselines from the best log loss on, the optimum."""
    ranked = sorted(baselines, key=lambda name: baselines[name].log_loss)
    rows = {"intent_tf": test, **{name: baselines[name] for name in ranked}}
    return rows if optimum is None else {**rows, "exact optimum": optimum}


def figure(value: float | None) -> str:
    """Write a figure with four decimals, or a dash for one that is not defined."""
    return "–" if value is None else f"{value:.4f}"
