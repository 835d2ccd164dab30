"""The table of a comparison: as plain text, as a page with a plot, and as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from intent_tf.evaluation.comparison import MODEL, WHOLE, ComparedModel, Comparison
from intent_tf.evaluation.difference import Difference
from intent_tf.evaluation.findings import differences
from intent_tf.evaluation.page import card, cards, page, section, table, text
from intent_tf.evaluation.svg import COLOURS, svg
from intent_tf.evaluation.table import figure

SHOWN = {"auroc": "AUROC", "auprc": "AUPRC", "log_loss": "log loss", "brier": "Brier"}
TESTED = {name: SHOWN[name] for name in ("auroc", "auprc", "log_loss")}


def comparison_table(comparison: Comparison) -> str:
    """Lay out what `intent_tf.evaluation.comparison.summarise` found as plain text.

    Behind AUROC stands p of the paired test against our model; ``*`` marks p < 0.05.
    """
    lines = [_about(comparison)]
    for name, models in comparison.models.items():
        title = "test rows" if name == WHOLE else f"slice {name}"
        width = max(map(len, [*models, title]))
        heads = "".join(f"{head:>10}" for head in (*SHOWN.values(), "ECE", "p AUROC", "p loss", "seconds"))
        lines += ["", title.ljust(width) + heads]
        for model, found in _ranked(models):
            tests = comparison.tests[name].get(model)
            cells = [figure(found.figures[key].mean) for key in SHOWN] + [figure(found.ece)]
            cells += [_p(tests, key) for key in ("auroc", "log_loss")] + [f"{found.seconds:.1f}"]
            lines.append(model.ljust(width) + "".join(f"{cell:>10}" for cell in cells))
        if MODEL in models and models[MODEL].calibration:
            lines.append(f"{MODEL}: {models[MODEL].calibration}")
    return "\n".join(lines)


def write_comparison(folder: str | Path, comparison: Comparison) -> None:
    """Write ``comparison.json`` and ``comparison.html``, a page that needs no other file, to a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = json.dumps(comparison.as_dict(), indent=2)
    (folder / "comparison.json").write_text(written + "\n", encoding="utf-8")
    body = [f"<header><h1>{text(comparison.data)}</h1><p>{text(_about(comparison))}</p></header>"]
    for name, models in comparison.models.items():
        body.append(
            section(
                "Test rows" if name == WHOLE else f"Slice {name}",
                "Mean of the folds, with the interval of 95 % below.",
                card(
                    "All models",
                    str(models[MODEL].calibration or "") if MODEL in models else "",
                    _models(models),
                ),
                cards(*(_plot(models, name, key) for key in TESTED)),
                differences(comparison.tests[name]),
            )
        )
    title = f"{comparison.data} · comparison · intent_tf"
    (folder / "comparison.html").write_text(page(title, body), encoding="utf-8")


def _about(comparison: Comparison) -> str:
    folds = "one split" if comparison.folds == 1 else f"{comparison.folds} folds"
    test = "paired bootstrap" if comparison.folds == 1 else "corrected resampled t-test"
    dropped = f", without {', '.join(comparison.dropped)}" if comparison.dropped else ""
    return (
        f"{comparison.data}{dropped}: {comparison.rows:,} test rows, {folds}, "
        f"{comparison.seeds} training(s) each; p: {test} against {MODEL}"
    )


def _ranked(models: Mapping[str, ComparedModel]) -> list[tuple[str, ComparedModel]]:
    return sorted(models.items(), key=lambda item: (item[0] != MODEL, item[1].figures["log_loss"].mean))


def _p(tests: Mapping[str, Difference] | None, key: str) -> str:
    if tests is None:
        return ""
    p = tests[key].p_value
    return f"{p:.3f}{'*' if p < 0.05 else ' '}"


def _models(models: Mapping[str, ComparedModel]) -> str:
    rows = []
    for model, found in _ranked(models):
        cells = [
            f"{figure(each.mean)}<small>{figure(each.low)} to {figure(each.high)}</small>"
            for each in (found.figures[key] for key in SHOWN)
        ]
        rows.append([text(model), *cells, figure(found.ece), f"{found.seconds:.1f}"])
    return table(["model", *SHOWN.values(), "ECE", "seconds"], rows)


def _plot(models: Mapping[str, ComparedModel], name: str, key: str) -> str:
    shown = [(model, found.figures[key]) for model, found in _ranked(models) if model != "constant_rate"]

    def draw(axes: Axes) -> None:
        for index, (model, each) in enumerate(shown):
            colour = COLOURS["model" if model == MODEL else "muted"]
            ends = [each.mean if end is None else end for end in (each.low, each.high)]
            axes.plot(ends, [index, index], color=colour, linewidth=1.6)
            axes.plot(each.mean, index, color=colour, marker="o", markersize=5)
        axes.set_yticks(np.arange(len(shown)), [model for model, _ in shown])
        axes.invert_yaxis()
        axes.set(xlabel=TESTED[key])

    return card(TESTED[key], "", svg(draw, f"{TESTED[key]} of the models, {name}"))
