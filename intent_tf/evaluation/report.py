"""One self-contained page that shows how good a run is, and on what it rests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from intent_tf.data.predictions import Labels, Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation import findings, plots
from intent_tf.evaluation.diagnosis import Diagnosis
from intent_tf.evaluation.page import card, cards, page, section, table, text, tile
from intent_tf.evaluation.plots import label_of
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.svg import svg
from intent_tf.evaluation.table import COLUMNS, HIGHER_IS_BETTER, figure, table_rows

MODEL, BEFORE, OPTIMUM = "intent_tf", "uncalibrated", "optimum"


@dataclass(frozen=True)
class Report:
    """What a report shows.

    Args:
        title: Title of the page, such as the name of the data.
        labels: Labels and weights of the test rows.
        probabilities: Probabilities on the test rows by name, shape `(rows,)` each: `intent_tf` (needed),
            `uncalibrated` if the model has a calibrator, `optimum` if the best there can be is known, and
            each baseline by its name.
        metrics: The figures of the run; those that are unknown are not shown.
        history: Values of each epoch by name, as Keras' `History.history`. Defaults to none.
        specification: Rows of the feature specification, such as
            `{"column": "price", "kind": "number", "values": "float"}`. Defaults to none.

    Raises:
        InputError: If `intent_tf` is not among the probabilities, or probabilities and labels do not match.
    """

    title: str
    labels: Labels
    probabilities: Mapping[str, ArrayLike]
    metrics: RunMetrics
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    specification: Sequence[Mapping[str, object]] = ()

    def __post_init__(self) -> None:
        if MODEL not in self.probabilities:
            names = ", ".join(self.probabilities) or "no model"
            raise InputError(f"probabilities of {names}", expected=f"those of {MODEL} among them")
        for probability in self.probabilities.values():
            Predictions.of(self.labels, probability)  # refuses those of other rows


def write_report(path: str | Path, report: Report) -> None:
    """Write a report as one HTML file that needs no other file, no script and no network.

    Args:
        path: File to write the report to.
        report: The report to show.
    """
    Path(path).write_text(render_report(report), encoding="utf-8")


def render_report(report: Report) -> str:
    """Render a report as HTML.

    Example:
        >>> from intent_tf.evaluation.metrics import evaluate
        >>> predictions = Predictions.unweighted([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9])
        >>> metrics = RunMetrics(test=evaluate(predictions))
        >>> probabilities = {"intent_tf": predictions.probability}
        >>> render_report(Report("shop", predictions.labels, probabilities, metrics))[:15]
        '<!DOCTYPE html>'
    """
    metrics = report.metrics
    diagnosis = metrics.diagnosis or Diagnosis()
    body = [
        f"<header><h1>{text(report.title)}</h1><p>{text(_verdict(metrics))}</p></header>",
        _tiles(metrics),
        findings.leak_alarm(diagnosis.leaks),
        section(
            "Beside the baselines",
            "All of them learnt from the same training rows and are evaluated on the same test rows.",
            card("Test rows", _about_table(metrics), _summary(metrics) + _baseline_inputs(metrics)),
            findings.differences(diagnosis.comparison),
        ),
        *_curves(report),
        findings.early(metrics.early or {}),
        _decisions(report),
        *findings.sections(metrics),
        _data(report),
        "<footer>Evaluated on test rows, of which nothing was learnt: no weight, no calibration, no "
        "threshold. Written by intent_tf.</footer>",
    ]
    return page(f"{report.title} · intent_tf", filter(None, body))


def _verdict(metrics: RunMetrics) -> str:
    test, baselines = metrics.test, metrics.baselines
    weighted = "" if np.isclose(test.rate, test.positives / test.rows) else " by weight"
    verdict = f"{test.rows:,} test rows, {test.positives:,} of them purchases ({test.rate:.1%}{weighted})."
    if test.auroc is not None:
        pairs = f"in {test.auroc:.1%} of pairs"
        verdict += f" Of a buyer and another shopper, the buyer has the higher probability {pairs}."
    if baselines:
        best = min(baselines, key=lambda name: baselines[name].log_loss)
        change = test.log_loss / baselines[best].log_loss - 1
        than = f"{'lower' if change < 0 else 'higher'} than that of the best baseline, {label_of(best)}"
        verdict += f" Log loss is {abs(change):.1%} {than}."
    if metrics.better_baseline:
        verdict += f" {metrics.better_baseline}"
    return verdict


def _tiles(metrics: RunMetrics) -> str:
    tiles = []
    for key in ("auroc", "auprc", "log_loss", "ece"):
        best = max if key in HIGHER_IS_BETTER else min
        values = [getattr(baseline, key) for baseline in metrics.baselines.values()]
        others = [value for value in values if value is not None]
        beside = f"best baseline {figure(best(others))}" if others and key != "ece" else ""
        tiles.append(tile(COLUMNS[key], figure(getattr(metrics.test, key)), beside or "0 is perfect"))
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _summary(metrics: RunMetrics) -> str:
    rows = table_rows(metrics.test, metrics.baselines, metrics.optimum)
    columns = {**COLUMNS, "accuracy": "accuracy", "f1": "F1", "f1_negative": "F1 of non-buyers"}
    intervals = (metrics.diagnosis or Diagnosis()).intervals
    best = {}
    for key in columns:
        # The constant rate is calibrated and useless: its ECE is no mark to beat.
        beside = (label_of(OPTIMUM), "constant_rate") if key == "ece" else (label_of(OPTIMUM),)
        values = [getattr(row, key) for name, row in rows.items() if name not in beside]
        rivals = [value for value in values if value is not None]
        best[key] = (min if key in ("log_loss", "brier", "ece") else max)(rivals, default=None)
    cells = []
    for name, evaluated in rows.items():
        row = [f'<td class="model">{MODEL}</td>' if name == MODEL else text(label_of(name))]
        for key in columns:
            value, bounds = getattr(evaluated, key), intervals.get(name, {}).get(key)
            small = f"<small>{bounds[0]:.4f} to {bounds[1]:.4f}</small>" if bounds else ""
            mark = ' class="best"' if value is not None and value == best[key] else ""
            row.append(f"<td{mark}>{figure(value)}{small}</td>")
        cells.append(row)
    return table(["", *columns.values()], cells)


def _about_table(metrics: RunMetrics) -> str:
    legend = "The best of each column in bold. Log loss in nats; lower is better for log loss, Brier and ECE."
    return legend + (" Small: 95 % intervals." if metrics.diagnosis and metrics.diagnosis.intervals else "")


def _baseline_inputs(metrics: RunMetrics) -> str:
    if not metrics.baseline_inputs:
        return ""
    summary = f"<summary>What the baselines learnt from: {len(metrics.baseline_inputs)} columns</summary>"
    return f"<details>{summary}<p>{text(', '.join(metrics.baseline_inputs))}</p></details>"


def _curves(report: Report) -> list[str]:
    labels = report.labels
    if not 0 < labels.rate < 1:
        return []  # no curve is defined
    arrays = {name: np.asarray(probability, np.float64) for name, probability in report.probabilities.items()}
    own, before = (
        None if array is None else Predictions.of(labels, array)
        for array in (arrays[MODEL], arrays.get(BEFORE))
    )
    assert own is not None
    # A constant probability has no curve of its own: it is the line of chance.
    shown = {name: array for name, array in arrays.items() if name != BEFORE and np.ptp(array) > 0}
    everybody = "Higher is better; the line calls everybody a buyer."
    few = "Ask only the 20 % of highest probability: how many of all buyers are among them?"
    tenths = "How many times as often as the average shopper each tenth buys."
    true = "On the line, probabilities come true. The 15 bins of ECE, with 95 % intervals."
    apart = "The further apart, the better the two are told from each other."
    threshold = report.metrics.test.threshold
    ranking = cards(
        _plot("ROC", "Nearer to the top left is better; the line is chance.", plots.roc(labels, shown)),
        _plot("Precision and recall", everybody, plots.precision_recall(labels, shown)),
        _plot("Gain", few, plots.gain(labels, shown)),
        _plot("Lift", tenths, plots.lift(own)),
    )
    promises = cards(
        _plot("Reliability", true, plots.reliability(before, own)),
        _plot("Probabilities", apart, plots.histogram(own, threshold)),
    )
    return [
        section("Who comes first", "How well probabilities rank shoppers, whatever their size.", ranking),
        section("What probabilities promise", _about_calibration(report.metrics), promises),
    ]


def _decisions(report: Report) -> str:
    test, loss = report.metrics.test, ""
    if report.history.get("loss"):
        how_to_read = "Training stops when validation no longer improves."
        loss = _plot("Loss", how_to_read, plots.loss_curves(report.history))
    return section(
        "Decisions and training",
        f"Called buyers: probabilities of at least {test.threshold:.3f}, as chosen on validation rows.",
        cards(card("Confusion matrix", "Share of each row in colour.", findings.confusion(test)), loss),
    )


def _data(report: Report) -> str:
    facts, written = [], report.metrics.as_dict()
    for key in ("split", "cleaning", "throughput"):
        if written.get(key):
            facts.append(card(key.capitalize(), "", findings.facts(written[key])))
    specification = ""
    if report.specification:
        header = list(dict.fromkeys(key for row in report.specification for key in row))
        rows = [[text(row.get(key, "")) for key in header] for row in report.specification]
        specification = (
            f'<div class="card"><details{" open" if len(rows) <= 30 else ""}>'
            f"<summary>Feature specification: {len(rows)} columns</summary>"
            f"{table(header, rows, 'words')}</details></div>"
        )
    return section(
        "Data", "Where the rows came from, and what was done to them.", cards(*facts), specification
    )


def _about_calibration(metrics: RunMetrics) -> str:
    how = {
        "identity": "Probabilities are as trained: no calibration did clearly better on validation rows.",
        "temperature": "Calibrated by a temperature, fitted and chosen on validation rows.",
        "platt": "Calibrated by scale and offset of the logit (Platt), fitted and chosen on validation rows.",
        "beta": "Calibrated by powers of both probabilities (Beta), fitted and chosen on validation rows.",
        "isotonic": "Calibrated by isotonic regression, fitted and chosen on validation rows.",
    }[metrics.calibration.kind if metrics.calibration else "identity"]
    parts = " and ".join(f"{name} ({weight:.2f})" for name, weight in (metrics.parts or {}).items())
    made_of = f"The logits of {parts} are added by these weights. " if parts else ""
    if metrics.crosses:
        made_of += f"Categories that act together: {', '.join(metrics.crosses)}. "
    check = f" On test rows: {metrics.calibration_check}." if metrics.calibration_check else ""
    return f"Of the shoppers with probability 0.3, three in ten should buy. {made_of}{how}{check}"


def _plot(title: str, how_to_read: str, drawing: plots.Drawing) -> str:
    return card(title, how_to_read, svg(drawing, title))
