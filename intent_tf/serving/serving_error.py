"""What a client sees when a server cannot answer, in messages without secrets."""

import re

from intent_tf.errors import InputError


class ServingError(InputError):
    """The server cannot be reached, took too long, refused the request, or its answer is none."""


class RequestTooLargeError(ServingError):
    """The server takes no request of this size; one of fewer rows may do."""


def masked(url: str) -> str:
    """Write a URL without user, password and query, for messages.

    Example:
        >>> masked("redis://shop:secret@localhost:6379/0?password=secret")
        'redis://***@localhost:6379/0'
    """
    return re.sub(r"^([a-z]+:)?.*@", r"\1//***@", url.partition("?")[0])
