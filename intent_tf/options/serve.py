"""The development server."""

from __future__ import annotations

from dataclasses import dataclass

from intent_tf.errors import InputError


@dataclass(frozen=True)
class ServeConfig:
    """The server.

    Args:
        host: Address to listen on; other machines reach it only if it is not loopback.
        rest_port: Port of the REST API; 0 for any free one.
        port: Port of the gRPC API; 0 for any free one.
        name: The model's name in URLs; by default the folder's.
        max_body: Bytes of a request at most.
        max_batch: Rows that run at once at most.
        poll: Seconds between two looks for new versions.
        demo: Serve a page on which a person plays shopper; needs a model that reads events.
    """

    host: str = "127.0.0.1"
    rest_port: int = 8501
    port: int = 8500
    name: str = ""
    max_body: int = 16 << 20
    max_batch: int = 256
    poll: float = 1.0
    demo: bool = False

    def __post_init__(self) -> None:
        for field in ("max_body", "max_batch", "poll"):
            if not getattr(self, field) > 0:
                raise InputError(f"{field} is {getattr(self, field)}", expected="more than 0")
