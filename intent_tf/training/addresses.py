"""Addresses of other processes."""

import random
import socket
from contextlib import ExitStack

from intent_tf.errors import InputError

#: Ports below those that systems give to connections (from 32768 on, or 49152).
_UNASSIGNED = range(20_000, 32_000)


def split_address(address: str) -> tuple[str, int]:
    """Split ``host:port``; the host of an IPv6 address stands in brackets.

    Raises:
        InputError: If it is no such address.

    Example:
        >>> split_address("train-0.train:12345"), split_address("[::1]:80")
        (('train-0.train', 12345), ('::1', 80))
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise InputError(f"{address!r} is no address", expected="host:port")
    return host.strip("[]"), int(port)


def free_ports(count: int) -> list[int]:
    """Find ports of this machine that nobody listens on, for processes that are about to start.

    They are none of those that the system gives to connections: such a one could be taken again before the
    process that is to listen on it has started.

    Example:
        >>> len(set(free_ports(3)))
        3
    """
    ports: list[int] = []
    with ExitStack() as held:
        # Not what a seed of the run fixes: several look for ports at the same time.
        for port in random.SystemRandom().sample(_UNASSIGNED, len(_UNASSIGNED)):
            if len(ports) == count:
                break
            try:
                held.enter_context(socket.create_server(("", port), reuse_port=False))
            except OSError:
                continue  # somebody listens there
            ports.append(port)
    return ports
