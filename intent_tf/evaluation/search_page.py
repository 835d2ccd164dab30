"""The trials of a search for options: as a table of all, and as plots of what mattered."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from intent_tf.evaluation.page import card, cards, page, section, table, text
from intent_tf.evaluation.svg import COLOURS, svg
from intent_tf.evaluation.table import figure

LOSS = "val_log_loss"


def write_search(
    folder: str | Path, trials: Sequence[Mapping[str, Any]], losses: Mapping[str, Sequence[float]]
) -> None:
    """Write ``trials.csv`` and ``trials.html`` to a folder.

    Args:
        folder: An existing folder to write to.
        trials: The trials, best first: ``trial``, ``val_log_loss`` and the value of each option.
        losses: Validation log loss with each seed, of the options given and of the best ones.
    """
    folder = Path(folder)
    frame = pd.DataFrame(trials)
    frame.to_csv(folder / "trials.csv", index=False)
    options = [name for name in frame.columns if name not in ("trial", LOSS)]
    seeds = [
        [text(name), figure(float(np.mean(values))), ", ".join(map(figure, values))]
        for name, values in losses.items()
    ]
    rows = [
        [text(row["trial"]), figure(row[LOSS]), *(text(_short(row[name])) for name in options)]
        for row in frame.to_dict("records")
    ]
    body = [
        "<header><h1>Search for options</h1><p>By the log loss on validation rows.</p></header>",
        section(
            "Worth it?",
            "The best trial was chosen among many, so it is trained again with other seeds, beside what was "
            "given.",
            card("Over seeds", "", table(["options", "mean", "each seed"], seeds)),
        ),
        section(
            "What mattered",
            "Each dot is a trial; the best is coloured.",
            cards(_order(frame), *(_against(frame, name) for name in options)),
        ),
        section("Trials", "Best first.", card("", "", table(["trial", "log loss", *options], rows))),
    ]
    (folder / "trials.html").write_text(page("search · intent_tf", body), encoding="utf-8")


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _order(frame: pd.DataFrame) -> str:
    losses = frame.sort_values("trial")[LOSS].to_numpy(float)

    def draw(axes: Axes) -> None:
        index = np.arange(1, len(losses) + 1)
        axes.plot(index, losses, "o", color=COLOURS["muted"], markersize=4, label="trial")
        axes.plot(index, np.minimum.accumulate(losses), color=COLOURS["model"], label="best so far")
        axes.set(xlabel="trial", ylabel="log loss")
        axes.legend()

    return card("In order", "", svg(draw, "log loss of the trials in order"))


def _against(frame: pd.DataFrame, name: str) -> str:
    values = frame[name]
    colours = [COLOURS["model"], *[COLOURS["muted"]] * (len(frame) - 1)]

    def draw(axes: Axes) -> None:
        shown = values if pd.api.types.is_numeric_dtype(values) else values.astype(str)
        axes.scatter(shown, frame[LOSS], c=colours, s=18)
        if pd.api.types.is_float_dtype(values) and values.min() > 0 and values.max() > 20 * values.min():
            axes.set_xscale("log")
        axes.set(xlabel=name, ylabel="log loss")

    return card(name, "", svg(draw, f"log loss against {name}"))
