"""What a sequence column tells of events: its role."""

from typing import Final, Literal

from intent_tf.errors import InputError
from intent_tf.nearest import nearest

#: Each role, and the type of its values in tensors.
ROLES: Final[dict[str, Literal["string", "float"]]] = {
    "time": "float",
    "event_type": "string",
    "item": "string",
    "text": "string",
    "query": "string",
    "price": "float",
    "quantity": "float",
    "other": "float",
}
#: The roles of the columns that `intent_tf.data.examples` makes of an event log.
ROLE_OF_NAME: Final[dict[str, str]] = {"elapsed": "time", "item_id": "item"} | {
    role: role for role in ("event_type", "text", "query", "price", "quantity")
}


def read_role(word: str, column: str) -> str:
    """Return the role that a word means: its own name, or that of an event log's column.

    Args:
        word: What somebody says.
        column: Whose role it is, for messages.

    Raises:
        InputError: If it is neither; the message names the nearest.

    Example:
        >>> read_role("elapsed", "seconds"), read_role("item", "bought")
        ('time', 'item')
    """
    if (role := ROLE_OF_NAME.get(word, word)) not in ROLES:
        known = dict.fromkeys((*ROLES, *ROLE_OF_NAME))
        raise InputError(
            f"unknown role {word!r}{nearest(word, known)}", column=column, expected=", ".join(ROLES)
        )
    return role


def named_role(name: str, values: str) -> str:
    """Return the role that a column has by its name alone, as before roles were inferred.

    Args:
        name: The column's name.
        values: The type of its values.

    Example:
        >>> named_role("elapsed", "float"), named_role("elapsed", "string"), named_role("page", "string")
        ('time', 'item', 'item')
    """
    role = ROLE_OF_NAME.get(name)
    return role if role and ROLES[role] == values else "item" if values == "string" else "other"
