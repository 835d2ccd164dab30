"""Lists and pairs on the command line, in which any name can stand."""

import re
from collections.abc import Iterable

_QUOTED = r'"(?:[^"]|"")*"'
_ITEM = re.compile(rf"\s*({_QUOTED}|[^,]*?)\s*(?:,|$)")
_PAIR = re.compile(rf"\s*({_QUOTED}|[^,=]*?)\s*=\s*({_QUOTED}|[^,]*?)\s*(?:,|$)")


def read_list(text: str) -> list[str]:
    """Read items between commas; one that holds a comma stands in quotes, and a quote in it is doubled.

    Example:
        >>> read_list('colour, "size, EU",'), read_list('""')
        (['colour', 'size, EU'], [''])
    """
    return [_plain(item) for item in _ITEM.findall(text) if item]


def read_pairs(text: str) -> dict[str, str]:
    """Read ``NAME=VALUE`` between commas, in quotes likewise.

    Raises:
        ValueError: If a part holds no ``=``; its message is that part.

    Example:
        >>> read_pairs('colour=category, "a=b, c"=text')
        {'colour': 'category', 'a=b, c': 'text'}
    """
    pairs, rest = {}, text
    while rest.strip(", "):
        if not (pair := _PAIR.match(rest)):
            raise ValueError(rest.partition(",")[0].strip())
        pairs[_plain(pair[1])] = _plain(pair[2])
        rest = rest[pair.end() :]
    return pairs


def write_list(names: Iterable[str]) -> str:
    """Write what `read_list` reads.

    Example:
        >>> write_list(["colour", "size, EU"])
        'colour,"size, EU"'
    """
    return ",".join(
        '"{}"'.format(name.replace('"', '""')) if re.search(r'^\s|[,="]|\s$|^$', name) else name
        for name in names
    )


def _plain(item: str) -> str:
    quoted = re.fullmatch(_QUOTED, item, re.DOTALL)
    return item[1:-1].replace('""', '"') if quoted else item
