"""Pieces of a self-contained HTML page: sections, cards and tables."""

import html
from collections.abc import Iterable, Sequence
from importlib import resources


def page(title: str, body: Iterable[str]) -> str:
    """Lay out a page that loads nothing from anywhere, and says so to the browser.

    Args:
        title: Title of the window, as plain text.
        body: HTML.
    """
    style = resources.files("intent_tf.evaluation").joinpath("style.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def section(title: str, how_to_read: str, *content: str) -> str:
    """Lay out a section; nothing at all if it has no content."""
    inner = "\n".join(filter(None, content))
    anchor = text(title.split()[0].lower())
    head = f'<section id="{anchor}">\n<h2>{text(title)}</h2>\n<p>{text(how_to_read)}</p>'
    return f"{head}\n{inner}\n</section>" if inner else ""


def cards(*content: str) -> str:
    """Lay out cards side by side where there is room; empty ones are excluded."""
    return f'<div class="cards">{"".join(filter(None, content))}</div>' if any(content) else ""


def card(title: str, how_to_read: str, content: str) -> str:
    """Lay out a plot or a table with its title and a line that says how to read it."""
    caption = f"<p>{text(how_to_read)}</p>" if how_to_read else ""
    return f'<div class="card"><h3>{text(title)}</h3>{caption}{content}</div>'


def tile(title: str, value: str, beside: str) -> str:
    """Lay out one figure in large type."""
    return (
        f'<div class="tile"><span>{text(title)}</span><b>{text(value)}</b><span>{text(beside)}</span></div>'
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]], style: str = "") -> str:
    """Lay out a table that scrolls sideways on a narrow screen.

    Args:
        header: Titles of the columns, as plain text.
        rows: Cells as HTML: what comes from data goes through `text` first. A cell that starts with `<td`
            brings its own tag.
        style: `"words"` for columns of words, which break into lines; `"facts"` where only the last column
            may hold words; numbers otherwise.
    """
    head = "".join(f"<th>{text(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="scroll"><table class="{style}"><tr>{head}</tr>{body}</table></div>'


def text(value: object) -> str:
    """Write anything as text that HTML does not take for tags."""
    return html.escape(str(value))


def _cell(content: str) -> str:
    return content if content.startswith("<td") else f"<td>{content}</td>"
