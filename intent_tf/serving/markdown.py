"""Names and texts of strangers in Markdown: shown as they are, and never taken for markup."""

import re


def code(text: str) -> str:
    """Write a text as a code span.

    Example:
        >>> print(code("price"), code("tick`<img>"))
        `price` ``tick`<img>``
    """
    shown = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    space = " " if not shown.strip() or "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{space}{shown}{space}{fence}"


def prose(text: str) -> str:
    r"""Write a text among others.

    Example:
        >>> print(prose("a copy of <b> [x](y)"))
        a copy of \<b\> \[x\](y)
    """
    return re.sub(r"[\\`*<>\[\]&|]", r"\\\g<0>", " ".join(text.split()))


def row(*cells: str) -> str:
    r"""Write a row of a table, of cells of the other functions.

    Example:
        >>> print(row(code("a|b"), "text"))
        | `a\|b` | text |
    """
    return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in cells) + " |"
