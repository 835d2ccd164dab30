"""The parts of a report that say on what probabilities rest, where they are weak, and what looks wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from intent_tf.columns.leaks import Leak
from intent_tf.evaluation import plots
from intent_tf.evaluation.diagnosis import Diagnosis
from intent_tf.evaluation.difference import Difference
from intent_tf.evaluation.drift import ColumnDrift
from intent_tf.evaluation.importance import Importance
from intent_tf.evaluation.metrics import Metrics
from intent_tf.evaluation.page import card, cards, section, table, text
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.svg import svg
from intent_tf.evaluation.table import COLUMNS, figure

EARLY = ("auroc", "log_loss")
LISTED = 25
"""Columns or slices that a table of a report lists, at most."""


def leak_alarm(leaks: Sequence[Leak]) -> str:
    """Warn of columns that alone nearly decide the label; see `intent_tf.columns.leaks`."""
    if not leaks:
        return ""
    named = ", ".join(f"<b>{text(leak.column)}</b> (AUROC {leak.auroc:.3f})" for leak in leaks)
    drop = ",".join(leak.column for leak in leaks)
    return (
        f'<div class="card alarm"><h3>Alone nearly the label: {named}</h3>'
        "<p>Is it known at the prediction time? What is recorded only after a purchase makes every "
        f"figure below too good. Train without it: <code>--drop {text(drop)}</code></p></div>"
    )


def sections(metrics: RunMetrics) -> list[str]:
    """Lay out importance, drift, words and slices, whichever are known."""
    diagnosis = metrics.diagnosis or Diagnosis()
    return [
        section(
            "On what probabilities rest",
            "Each raw column shuffled among the test rows: what is lost was read from that column.",
            cards(_importance(diagnosis.importance), _drift(diagnosis.drift)),
        ),
        section(
            "Words that moved probabilities",
            "The windows that the extractor's filters chose, and the words of the wide part, with what they "
            "added to the logit of the texts that hold them.",
            cards(*(_ngrams(part, ngrams) for part, ngrams in (metrics.ngrams or {}).items())),
        ),
        section(
            "Where probabilities are weak",
            "The same model on parts of the test rows. Small parts vary by chance.",
            _slices(metrics.slices or {}),
        ),
    ]


def early(steps: Mapping[str, Mapping[str, Metrics]]) -> str:
    """Draw the quality after the first events of a session; see `intent_tf.evaluation.early`."""
    if not steps:
        return ""

    drawn = [svg(plots.early(steps, key), f"{COLUMNS[key]} by events seen") for key in EARLY]
    shown = cards(*(card(COLUMNS[key], "", each) for key, each in zip(EARLY, drawn, strict=True)))
    return section("How soon intent is seen", "Each session once, with its first events only.", shown)


def differences(found: Mapping[str, Mapping[str, Difference]]) -> str:
    """Lay out the differences between the model and the baselines, and whether chance explains them."""
    rows = [
        [
            _words(name),
            COLUMNS[key],
            f"{row.difference:+.4f}",
            f"{row.low:+.4f} to {row.high:+.4f}",
            "&lt; 0.001" if row.p_value < 0.001 else f"{row.p_value:.3f}",
        ]
        for name, tests in found.items()
        for key, row in tests.items()
    ]
    header = ["baseline", "figure", "difference", "95 % interval", "p"]
    how_to_read = "Is the difference real? Below p = 0.05, chance hardly explains it (paired)."
    return card("Model minus baseline", how_to_read, table(header, rows)) if rows else ""


def confusion(metrics: Metrics) -> str:
    """Lay out a confusion matrix, each cell tinted by its share of the row."""
    cells = ["", "called non-buyer", "called buyer"]
    body = "".join(f"<div>{name}</div>" for name in cells)
    for title, row in zip(("no purchase", "purchase"), metrics.confusion_matrix, strict=True):
        body += f"<div>{title}</div>"
        for count in row:
            share = count / (sum(row) or 1)
            tint = f"background:color-mix(in srgb, var(--model) {share * 45:.0f}%, transparent)"
            body += f'<div class="cell" style="{tint}"><b>{_count(count)}</b>{share:.1%}</div>'
    figures = [
        [title, *(figure(getattr(metrics, key + end)) for key in ("precision", "recall", "f1"))]
        for title, end in (("buyers", ""), ("non-buyers", "_negative"))
    ]
    return f'<div class="confusion">{body}</div>' + table(["", "precision", "recall", "F1"], figures)


def facts(values: Mapping[str, Any]) -> str:
    """Lay out counts and facts by name; mappings inside become rows of a table of their own."""
    plain = [
        [_words(key), text(_count(value))] for key, value in values.items() if not isinstance(value, Mapping)
    ]
    nested = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    columns = list(dict.fromkeys(name for value in nested.values() for name in value))
    rows = [
        [_words(key), *(text(_count(value.get(name, ""))) for name in columns)]
        for key, value in nested.items()
    ]
    inner = table(["", *map(_words, columns)], rows) if rows else ""
    return inner + (table(["", ""], plain, "facts") if plain else "")


def _importance(columns: Sequence[Importance]) -> str:
    if not columns:
        return ""
    top = max(1e-9, *(row.auroc_drop for row in columns))
    rows = [
        [
            text(row.column),
            f'<td class="wide">{_bar(row.auroc_drop / top)}</td>',
            f"{row.auroc_drop:+.4f}<small>± {row.auroc_drop_deviation:.4f}</small>",
            f"{row.log_loss_rise:+.4f}",
        ]
        for row in columns[:LISTED]
    ]
    return card(
        "Permutation importance",
        f"Loss of AUROC and rise of log loss; {_listed(columns)}.",
        table(["column", "", "AUROC lost", "log loss"], rows),
    )


def _ngrams(part: str, ngrams: Sequence[Mapping[str, Any]]) -> str:
    if not ngrams:
        return ""
    rows = [[text(row["ngram"]), f"{row['texts']:,}", f"{row['logit']:+.3f}"] for row in ngrams]
    return card(f"In each {part}", "", table(["words", "texts", "logit"], rows))


def _drift(columns: Sequence[ColumnDrift]) -> str:
    if not columns:
        return ""
    rows = [[text(row.column), figure(row.psi), text(row.level)] for row in columns[:LISTED]]
    return card(
        "Drift from train to test",
        f"Population stability index: below 0.1 stable, above 0.25 shifted; {_listed(columns)}.",
        table(["column", "PSI", "level"], rows),
    )


def _slices(slices: Mapping[str, Mapping[str, Metrics]]) -> str:
    if not slices:
        return ""
    rivals = list(dict.fromkeys(name for models in slices.values() for name in models if name != "intent_tf"))
    rivals = [name for name in rivals if name != "constant_rate"]
    rows = []
    for title, models in slices.items():
        own = models["intent_tf"]
        figures = [figure(value) for value in (own.auroc, own.auprc, own.log_loss, own.ece)]
        beside = [figure(models[name].auroc) if name in models else "" for name in rivals]
        rate = f"{own.rate:.1%}"
        rows.append([text(title), f"{own.rows:,}", rate, *figures, *beside])
    header = ["slice", "rows", "purchases", "AUROC", "AUPRC", "log loss", "ECE"]
    return card("Slices", "", table([*header, *(f"AUROC of {_words(name)}" for name in rivals)], rows))


def _bar(share: float) -> str:
    return f'<span class="bar" style="width:{max(share, 0):.1%}"></span>'


def _listed(columns: Sequence[object]) -> str:
    count = len(columns)
    return f"the first {LISTED} of {count} columns" if count > LISTED else f"{count} columns"


def _words(key: object) -> str:
    return text(str(key).replace("_", " "))


def _count(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
