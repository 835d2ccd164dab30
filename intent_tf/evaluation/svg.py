"""Plots as SVG that takes its colours and font from the page around it, light or dark."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Matplotlib wants colours and the page has variables: each of these stands for the CSS variable of its name.
COLOURS = {
    "ink": "#000001",
    "muted": "#000002",
    "line": "#000003",
    "model": "#000004",
    "optimum": "#000005",
    "buyer": "#000006",
    "other": "#000007",
    "rival": "#000008",
}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: small, sharp, selectable
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": COLOURS["line"],
    "axes.labelcolor": COLOURS["muted"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.5,
    "grid.alpha": 0.6,
    "xtick.color": COLOURS["line"],
    "ytick.color": COLOURS["line"],
    "xtick.labelcolor": COLOURS["muted"],
    "ytick.labelcolor": COLOURS["muted"],
    "text.color": COLOURS["ink"],
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.6,
}


def svg(draw: Callable[[Axes], object], description: str, size: tuple[float, float] = (4.4, 3.3)) -> str:
    """Draw one plot as an SVG element to put into a page.

    Args:
        draw: Draws on the axes it is given.
        description: What the plot shows, for those who cannot see it.
        size: Width and height in inches; the page scales it.

    Returns:
        An `<svg>` element of no fixed size. Its colours are the CSS variables `--ink`, `--muted`, `--line`,
        `--model`, `--optimum`, `--buyer`, `--other` and `--rival`, its font is `--font`.

    Example:
        >>> svg(lambda axes: axes.set(xlabel="x"), "nothing yet")[:40]
        '<svg role="img" aria-label="nothing yet"'
    """
    # The description as salt keeps the ids of one plot apart from those of the others on the page.
    with mpl.rc_context({**_STYLE, "svg.hashsalt": description}):
        drawing = Figure(figsize=size, layout="constrained")
        draw(drawing.subplots())
        written = io.StringIO()
        drawing.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", written.getvalue(), flags=re.S)
    view = re.search(r'viewBox="[^"]*"', text)
    body = text[text.index(">", text.index("<svg")) + 1 :]
    body = re.sub(r'<g id="[^"]*">', "<g>", body)
    body = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--font)", body)
    body = re.sub(r"\n\s*", "\n", body)
    for name, colour in COLOURS.items():
        body = body.replace(colour, f"var(--{name})")
    assert view is not None
    return (
        f'<svg role="img" aria-label="{html.escape(description)}" {view.group()} '
        f'xmlns:xlink="http://www.w3.org/1999/xlink">{body.strip()}'
    )
