"""Draws the plot of a decision into a file that any browser shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Drawing = Callable[[Axes], object]


def figure(draw: Drawing, size: tuple[float, float] = (6.4, 4.0)) -> Figure:
    """Draw on a figure of its own (a notebook shows it).

    Args:
        draw: Draws on the axes it is given.
        size: Width and height in inches.
    """
    drawn = Figure(figsize=size, layout="constrained")
    axes = drawn.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    draw(axes)
    return drawn


def save(draw: Drawing, path: Path) -> Path:
    """Draw into an SVG file, and return its path."""
    figure(draw).savefig(path, format="svg", metadata={"Date": None})
    return path
