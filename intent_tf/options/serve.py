"""The development server."""

from dataclasses import dataclass

from intent_tf.options.checked import Checked, Positive


@dataclass(frozen=True)
class ServeConfig(Checked):
    """The server.

    Args:
        rest_port: Port of the REST API on 127.0.0.1; 0 for any free one.
        name: The model's name in URLs; by default the folder's.
        poll: Seconds between two looks for new versions.
        demo: Serve a page on which a person plays shopper; needs a model that reads events.
        trust: Run the graph of a stranger: a model whose encoder is a SavedModel that somebody else made, or
            that holds operations that could read, write or send something.
    """

    rest_port: int = 8501
    name: str = ""
    poll: Positive = 1.0
    demo: bool = False
    trust: bool = False
