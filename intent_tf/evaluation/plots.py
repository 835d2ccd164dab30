"""The plots of a report: each function returns what draws one on the axes of `intent_tf.evaluation.svg`."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, PercentFormatter
from sklearn.metrics import precision_recall_curve, roc_curve

from intent_tf.data.predictions import FloatArray, Labels, Predictions
from intent_tf.evaluation.metrics import BINS, Metrics, bin_of
from intent_tf.evaluation.reliability import wilson_interval
from intent_tf.evaluation.svg import COLOURS
from intent_tf.evaluation.table import COLUMNS

Drawing = Callable[[Axes], None]
_P = ParamSpec("_P")

#: Colour, dashes and marker of one rival after the other: without colours they are told apart, too.
_RIVALS: tuple[tuple[str, tuple[float, ...], str], ...] = (
    ("rival", (4, 1.5), "s"),
    ("muted", (1, 1.2), "^"),
    ("ink", (5, 1.5, 1, 1.5), "D"),
    ("other", (8, 2), "v"),
)
_OWN = {"intent_tf": "model", "optimum": "optimum"}
_POINTS = 400  # that a curve is drawn with, at most: more would not be seen, and make the page heavy


def _drawing(draw: Callable[Concatenate[Axes, _P], None]) -> Callable[_P, Drawing]:
    """Take the axes last: what is to be drawn is known before there are any."""

    @functools.wraps(draw)
    def prepared(*arguments: _P.args, **options: _P.kwargs) -> Drawing:
        return lambda axes: draw(axes, *arguments, **options)

    return prepared


def label_of(name: str) -> str:
    """Say a model's name as legends and tables do."""
    return {"intent_tf": "intent_tf", "optimum": "exact optimum"}.get(name, name.replace("_", " "))


@_drawing
def roc(axes: Axes, labels: Labels, probabilities: Mapping[str, FloatArray]) -> None:
    """Receiver operating characteristic of each probability by name."""
    axes.plot([0, 1], [0, 1], color=COLOURS["line"], linewidth=1)
    for name, probability in probabilities.items():
        false_positive, true_positive, _ = roc_curve(labels.label, probability, sample_weight=labels.weight)
        _curve(axes, false_positive, true_positive, name, list(probabilities))
    axes.set(xlabel="share of non-buyers called buyers", ylabel="share of buyers found")
    axes.legend(loc="lower right")


@_drawing
def precision_recall(axes: Axes, labels: Labels, probabilities: Mapping[str, FloatArray]) -> None:
    """Precision against recall of each probability by name."""
    axes.axhline(labels.rate, color=COLOURS["line"], linewidth=1)
    for name, probability in probabilities.items():
        precision, recall, _ = precision_recall_curve(labels.label, probability, sample_weight=labels.weight)
        _curve(axes, recall, precision, name, list(probabilities))
    axes.set(xlabel="recall: share of buyers found", ylabel="precision: share that buy", ylim=(0, 1.03))
    axes.legend(loc="lower left")


@_drawing
def reliability(axes: Axes, before: Predictions | None, after: Predictions, bins: int = BINS) -> None:
    """How often shoppers of a probability buy, in bins of equal width, with 95 % intervals (Wilson)."""
    axes.plot([0, 1], [0, 1], color=COLOURS["line"], linewidth=1)
    if before is not None:
        x, y, _, _ = _rates(before, bins)
        axes.plot(
            x,
            y,
            color=COLOURS["muted"],
            marker="o",
            markersize=3.5,
            linewidth=1,
            linestyle="--",
            label="before calibration",
        )
    x, y, low, high = _rates(after, bins)
    axes.errorbar(
        x,
        y,
        yerr=[y - low, high - y],
        color=COLOURS["model"],
        marker="o",
        markersize=4.5,
        elinewidth=1,
        label="intent_tf" if before is None else "after calibration",
    )
    axes.set(xlabel="probability", ylabel="share that buys", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axes.legend(loc="upper left")


@_drawing
def histogram(axes: Axes, predictions: Predictions, threshold: float, bins: int = 40) -> None:
    """How the probabilities of buyers and of the others are spread, each summing to 1."""
    for kind, name, colour in ((0, "no purchase", "other"), (1, "purchase", "buyer")):
        counts = predictions.weight * (predictions.label == kind)
        share = np.bincount(bin_of(predictions.probability, bins), counts, minlength=bins)
        share = share / (counts.sum() or 1)
        edges = np.linspace(0, 1, bins + 1)
        axes.stairs(share, edges, fill=True, color=COLOURS[colour], alpha=0.45, label=name)
        axes.stairs(share, edges, color=COLOURS[colour], linewidth=1.2)
    axes.axvline(
        threshold, color=COLOURS["ink"], linewidth=1, linestyle=":", label=f"threshold {threshold:.2f}"
    )
    axes.set(xlabel="probability", ylabel="share of rows", xlim=(0, 1))
    # By the root, a class whose probabilities are all alike does not press the other to the floor.
    axes.set_yscale("function", functions=(np.sqrt, np.square))
    axes.yaxis.set_major_locator(FixedLocator([0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1]))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


@_drawing
def gain(axes: Axes, labels: Labels, probabilities: Mapping[str, FloatArray]) -> None:
    """Share of all buyers among the shoppers with the highest probabilities."""
    axes.plot([0, 1], [0, 1], color=COLOURS["line"], linewidth=1)
    for name, probability in probabilities.items():
        contacted, buyers = gains(Predictions.of(labels, probability))
        _curve(axes, contacted, buyers, name, list(probabilities))
    axes.set(xlabel="share of shoppers, highest probability first", ylabel="share of buyers among them")
    axes.legend(loc="lower right")


@_drawing
def lift(axes: Axes, predictions: Predictions) -> None:
    """How many times as often each tenth of the shoppers buys as the average shopper."""
    contacted, buyers = gains(predictions)
    tenths = np.diff(np.interp(np.linspace(0, 1, 11), contacted, buyers)) * 10
    bars = axes.bar(range(1, 11), tenths, color=COLOURS["model"], width=0.72)
    axes.bar_label(
        bars, [f"{value:.1f}" for value in tenths], fontsize=7.5, color=COLOURS["muted"], padding=2
    )
    axes.axhline(1, color=COLOURS["ink"], linewidth=1, linestyle=":")
    axes.set(xlabel="tenth of shoppers, highest probability first", ylabel="lift", xticks=range(1, 11))
    axes.grid(visible=False, axis="x")


@_drawing
def early(axes: Axes, steps: Mapping[str, Mapping[str, Metrics]], key: str) -> None:
    """Draw a figure of each model after the first events of a session, by their number."""
    names = [name for name in next(iter(steps.values())) if name != "constant_rate"]
    for name in names:
        values = [getattr(models[name], key) for models in steps.values()]
        axes.plot(list(steps), values, markersize=4, **_look(name, names))
    axes.set(xlabel="events seen", ylabel=COLUMNS[key])
    axes.legend()


@_drawing
def loss_curves(axes: Axes, history: Mapping[str, Sequence[float]]) -> None:
    """Loss of each epoch on train and validation rows, the best of the latter marked."""
    epochs = np.arange(1, len(history["loss"]) + 1)
    axes.plot(epochs, history["loss"], color=COLOURS["muted"], linestyle="--", label="train (with dropout)")
    validation = history.get("val_loss")
    if validation is not None:
        axes.plot(epochs, validation, color=COLOURS["model"], label="validation")
        best = int(np.argmin(validation))
        axes.plot(
            epochs[best],
            validation[best],
            color=COLOURS["model"],
            marker="o",
            label=f"best: epoch {best + 1}",
        )
    axes.set(xlabel="epoch", ylabel="loss")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()


def gains(predictions: Predictions) -> tuple[FloatArray, FloatArray]:
    """Shares by weight of all rows and of all buyers, as the probability from which on rows are taken falls.

    Rows of equal probability are taken together, so that a constant probability gains nothing.

    Returns:
        Two arrays from 0 to 1, of one more point than there are distinct probabilities.

    Example:
        >>> rows, buyers = gains(Predictions.unweighted([1, 0, 0, 1], [0.9, 0.2, 0.2, 0.2]))
        >>> rows.tolist(), buyers.tolist()
        ([0.0, 0.25, 1.0], [0.0, 0.5, 1.0])
    """
    _, index = np.unique(-predictions.probability, return_inverse=True)
    weights = (predictions.weight, predictions.weight * predictions.label)
    rows, buyers = (
        np.append(0.0, np.cumsum(np.bincount(index, each)) / (each.sum() or 1)) for each in weights
    )
    return rows, buyers


def _curve(axes: Axes, x: FloatArray, y: FloatArray, name: str, names: list[str]) -> None:
    kept = np.unique(np.linspace(0, len(x) - 1, _POINTS).round().astype(int))
    axes.plot(x[kept], y[kept], **{**_look(name, names), "marker": ""})


def _look(name: str, names: Sequence[str]) -> dict[str, Any]:
    """Give the line of a model its look among those of others, the same on every plot of a page."""
    if name in _OWN:
        look: dict[str, Any] = {
            "color": COLOURS[_OWN[name]],
            "marker": "o",
            "zorder": 3 if name == "intent_tf" else 2,
        }
    else:
        rivals = [each for each in names if each not in _OWN]
        colour, dashes, marker = _RIVALS[rivals.index(name) % len(_RIVALS)]
        look = {"color": COLOURS[colour], "marker": marker, "dashes": dashes, "linewidth": 1.2}
    return {**look, "label": label_of(name)}


def _rates(predictions: Predictions, bins: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Mean probability, rate of buyers and its Wilson interval, of each bin that is not empty."""
    weight, index = predictions.weight, bin_of(predictions.probability, bins)
    total = np.bincount(index, weight)
    seen = total > 0
    x, y = (
        np.bincount(index, weight * values)[seen] / total[seen]
        for values in (predictions.probability, predictions.label)
    )
    count = total[seen] ** 2 / np.bincount(index, weight**2)[seen]  # the effective one
    return x, y, *wilson_interval(y, count)
