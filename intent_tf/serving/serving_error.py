"""What a client sees when a server cannot answer."""

from intent_tf.errors import InputError


class ServingError(InputError):
    """The server cannot be reached, took too long, or failed; the request itself may be in order."""
