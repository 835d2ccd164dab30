"""The plots of a report: each function returns what draws one on the axes of `intent_tf.evaluation.svg`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, PercentFormatter
from sklearn.metrics import precision_recall_curve, roc_curve

from intent_tf.evaluation.metrics import FloatArray, IntArray, bin_of
from intent_tf.evaluation.svg import COLOURS

Drawing = Callable[[Axes], None]

_DASHES: tuple[tuple[float, ...], ...] = ((4, 1.5), (1, 1.2), (5, 1.5, 1, 1.5), (8, 2))
_POINTS = 400  # that a curve is drawn with, at most: more would not be seen, and make the page heavy


def roc(label: IntArray, probabilities: Mapping[str, FloatArray]) -> Drawing:
    """Receiver operating characteristic of each probability by name."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=COLOURS["line"], linewidth=1)
        for name, probability in probabilities.items():
            false_positive, true_positive, _ = roc_curve(label, probability)
            _curve(axes, false_positive, true_positive, name, list(probabilities))
        axes.set(xlabel="share of non-buyers called buyers", ylabel="share of buyers found")
        axes.legend(loc="lower right")

    return draw


def precision_recall(label: IntArray, probabilities: Mapping[str, FloatArray]) -> Drawing:
    """Precision against recall of each probability by name."""

    def draw(axes: Axes) -> None:
        axes.axhline(label.mean(), color=COLOURS["line"], linewidth=1)
        for name, probability in probabilities.items():
            precision, recall, _ = precision_recall_curve(label, probability)
            _curve(axes, recall, precision, name, list(probabilities))
        axes.set(xlabel="recall: share of buyers found", ylabel="precision: share that buy", ylim=(0, 1.03))
        axes.legend(loc="lower left")

    return draw


def reliability(label: IntArray, before: FloatArray | None, after: FloatArray, bins: int = 15) -> Drawing:
    """How often shoppers of a probability buy, in bins of equal width, with 95 % intervals (Wilson)."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=COLOURS["line"], linewidth=1)
        if before is not None:
            x, y, _, _ = _rates(label, before, bins)
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
        x, y, low, high = _rates(label, after, bins)
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

    return draw


def histogram(label: IntArray, probability: FloatArray, threshold: float, bins: int = 40) -> Drawing:
    """How the probabilities of buyers and of the others are spread, each summing to 1."""

    def draw(axes: Axes) -> None:
        for kind, name, colour in ((0, "no purchase", "other"), (1, "purchase", "buyer")):
            chosen = bin_of(probability[label == kind], bins)
            share = np.bincount(chosen, minlength=bins) / max(len(chosen), 1)
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

    return draw


def gain(label: IntArray, probabilities: Mapping[str, FloatArray]) -> Drawing:
    """Share of all buyers among the shoppers with the highest probabilities."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=COLOURS["line"], linewidth=1)
        for name, probability in probabilities.items():
            contacted, buyers = gains(label, probability)
            _curve(axes, contacted, buyers, name, list(probabilities))
        axes.set(xlabel="share of shoppers, highest probability first", ylabel="share of buyers among them")
        axes.legend(loc="lower right")

    return draw


def lift(label: IntArray, probability: FloatArray) -> Drawing:
    """How many times as often each tenth of the shoppers buys as the average shopper."""

    def draw(axes: Axes) -> None:
        contacted, buyers = gains(label, probability)
        tenths = np.diff(np.interp(np.linspace(0, 1, 11), contacted, buyers)) * 10
        bars = axes.bar(range(1, 11), tenths, color=COLOURS["model"], width=0.72)
        axes.bar_label(
            bars, [f"{value:.1f}" for value in tenths], fontsize=7.5, color=COLOURS["muted"], padding=2
        )
        axes.axhline(1, color=COLOURS["ink"], linewidth=1, linestyle=":")
        axes.set(xlabel="tenth of shoppers, highest probability first", ylabel="lift", xticks=range(1, 11))
        axes.grid(visible=False, axis="x")

    return draw


def loss_curves(history: Mapping[str, Sequence[float]]) -> Drawing:
    """Loss of each epoch on train and validation rows, the best of the latter marked."""

    def draw(axes: Axes) -> None:
        epochs = np.arange(1, len(history["loss"]) + 1)
        axes.plot(
            epochs, history["loss"], color=COLOURS["muted"], linestyle="--", label="train (with dropout)"
        )
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

    return draw


def gains(label: IntArray, probability: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shares of all rows and of all buyers, as the probability from which on rows are taken falls.

    Rows of equal probability are taken together, so that a constant probability gains nothing.

    Returns:
        Two arrays from 0 to 1, of one more point than there are distinct probabilities.

    Example:
        >>> rows, buyers = gains(np.array([1, 0, 0, 1]), np.array([0.9, 0.2, 0.2, 0.2]))
        >>> rows.tolist(), buyers.tolist()
        ([0.0, 0.25, 1.0], [0.0, 0.5, 1.0])
    """
    _, index = np.unique(-probability, return_inverse=True)
    rows = np.cumsum(np.bincount(index)) / len(label)
    buyers = np.cumsum(np.bincount(index, label)) / max(label.sum(), 1)
    return np.append(0.0, rows), np.append(0.0, buyers)


def _curve(axes: Axes, x: FloatArray, y: FloatArray, name: str, names: list[str]) -> None:
    kept = np.unique(np.linspace(0, len(x) - 1, _POINTS).round().astype(int))
    if name in ("intent_tf", "exact optimum"):
        colour = COLOURS["model" if name == "intent_tf" else "optimum"]
        axes.plot(x[kept], y[kept], color=colour, label=name, zorder=3 if name == "intent_tf" else 2)
    else:
        dashes = _DASHES[names.index(name) % len(_DASHES)]
        axes.plot(x[kept], y[kept], color=COLOURS["muted"], linewidth=1.2, dashes=dashes, label=name)


def _rates(
    label: IntArray, probability: FloatArray, bins: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Mean probability, rate of buyers and its Wilson interval, of each bin that is not empty."""
    index = bin_of(probability, bins)
    count = np.bincount(index)
    seen = count > 0
    count = count[seen]
    x, y = (np.bincount(index, values)[seen] / count for values in (probability, label))
    z = 1.96
    middle = (y + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(y * (1 - y) / count + z**2 / (4 * count**2))
    return x, y, np.minimum(middle - half, y), np.maximum(middle + half, y)
