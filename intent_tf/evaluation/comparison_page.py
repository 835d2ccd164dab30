"""The table of a comparison: as plain text, as a page with a plot, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from intent_tf.evaluation.comparison import MODEL, WHOLE
from intent_tf.evaluation.page import card, cards, page, section, table, text
from intent_tf.evaluation.svg import COLOURS, svg
from intent_tf.evaluation.table import figure

SHOWN = {"auroc": "AUROC", "auprc": "AUPRC", "log_loss": "log loss", "brier": "Brier"}
TESTED = {name: SHOWN[name] for name in ("auroc", "auprc", "log_loss")}


def comparison_table(comparison: Mapping[str, Any]) -> str:
    """Lay out what `intent_tf.evaluation.comparison.summarise` found as plain text.

    Behind AUROC stands p of the paired test against our model; ``*`` marks p < 0.05.
    """
    lines = [_about(comparison)]
    for name, models in comparison["models"].items():
        title = "test rows" if name == WHOLE else f"slice {name}"
        width = max(map(len, [*models, title]))
        heads = "".join(f"{head:>10}" for head in (*SHOWN.values(), "ECE", "p AUROC", "p loss", "seconds"))
        lines += ["", title.ljust(width) + heads]
        for model, figures in _ranked(models):
            tests = comparison["tests"].get(name, {}).get(model)
            cells = [figure(figures[key]["mean"]) for key in SHOWN] + [figure(figures["ece"])]
            cells += [_p(tests, key) for key in ("auroc", "log_loss")] + [f"{figures['seconds']:.1f}"]
            lines.append(model.ljust(width) + "".join(f"{cell:>10}" for cell in cells))
    return "\n".join(lines)


def write_comparison(folder: Path, comparison: Mapping[str, Any]) -> None:
    """Write ``comparison.json`` and ``comparison.html``, a page that needs no other file, to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "comparison.json").write_text(json.dumps(comparison, indent=2) + "\n", encoding="utf-8")
    body = [f"<header><h1>{text(comparison['data'])}</h1><p>{text(_about(comparison))}</p></header>"]
    for name, models in comparison["models"].items():
        tests = comparison["tests"].get(name, {})
        body.append(
            section(
                "Test rows" if name == WHOLE else f"Slice {name}",
                "Mean of the folds, with the interval of 95 % below.",
                card("All models", "", _models(models)),
                cards(*(_plot(models, name, key) for key in TESTED)),
                card(
                    f"{MODEL} minus rival",
                    "Below p = 0.05 chance hardly explains the difference (paired).",
                    _tests(tests),
                )
                if tests
                else "",
            )
        )
    title = f"{comparison['data']} · comparison · intent_tf"
    (folder / "comparison.html").write_text(page(title, body), encoding="utf-8")


def _about(comparison: Mapping[str, Any]) -> str:
    folds = "one split" if comparison["folds"] == 1 else f"{comparison['folds']} folds"
    test = "paired bootstrap" if comparison["folds"] == 1 else "corrected resampled t-test"
    dropped = f", without {', '.join(comparison['dropped'])}" if comparison["dropped"] else ""
    return (
        f"{comparison['data']}{dropped}: {comparison['rows']:,} test rows, {folds}, "
        f"{comparison['seeds']} training(s) each; p: {test} against {MODEL}"
    )


def _ranked(models: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(models.items(), key=lambda item: (item[0] != MODEL, item[1]["log_loss"]["mean"]))


def _p(tests: Mapping[str, Any] | None, key: str) -> str:
    if tests is None:
        return ""
    p = tests[key]["p_value"]
    return f"{p:.3f}{'*' if p < 0.05 else ' '}"


def _models(models: Mapping[str, Any]) -> str:
    rows = []
    for model, figures in _ranked(models):
        cells = [
            f"{figure(each['mean'])}<small>{figure(each.get('low'))} to {figure(each.get('high'))}</small>"
            for each in (figures[key] for key in SHOWN)
        ]
        rows.append([text(model), *cells, figure(figures["ece"]), f"{figures['seconds']:.1f}"])
    return table(["model", *SHOWN.values(), "ECE", "seconds"], rows)


def _tests(tests: Mapping[str, Any]) -> str:
    rows = [
        [
            text(rival),
            title,
            f"{row[key]['difference']:+.4f}",
            f"{row[key]['low']:+.4f} to {row[key]['high']:+.4f}",
            f"{row[key]['p_value']:.3f}",
        ]
        for rival, row in tests.items()
        for key, title in TESTED.items()
    ]
    return table(["rival", "figure", "difference", "95 % interval", "p"], rows)


def _plot(models: Mapping[str, Any], name: str, key: str) -> str:
    shown = [(model, figures[key]) for model, figures in _ranked(models) if model != "constant_rate"]

    def draw(axes: Axes) -> None:
        for index, (model, each) in enumerate(shown):
            colour = COLOURS["model" if model == MODEL else "muted"]
            low, high = each.get("low", each["mean"]), each.get("high", each["mean"])
            axes.plot([low, high], [index, index], color=colour, linewidth=1.6)
            axes.plot(each["mean"], index, color=colour, marker="o", markersize=5)
        axes.set_yticks(np.arange(len(shown)), [model for model, _ in shown])
        axes.invert_yaxis()
        axes.set(xlabel=TESTED[key])

    return card(TESTED[key], "", svg(draw, f"{TESTED[key]} of the models, {name}"))
