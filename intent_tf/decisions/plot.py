"""Draws the plot of a decision into a file that any browser shows."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Drawing = Callable[[Axes], object]


def figure(draw: Drawing) -> Figure:
    """Draw on the axes of a figure of its own, 6.4 by 4 inches (a notebook shows it)."""
    drawn = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = drawn.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    draw(axes)
    return drawn


def save(draw: Drawing, path: str | Path) -> Path:
    """Draw into an SVG file, and return its path."""
    path = Path(path)
    figure(draw).savefig(path, format="svg", metadata={"Date": None})
    return path
