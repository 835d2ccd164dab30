"""Waits until all workers of a run are there, and names those that are not."""

import contextlib
import socket
import time

from intent_tf.errors import InputError
from intent_tf.training.addresses import split_address
from intent_tf.training.cluster import Cluster

_PAUSE = 0.1
_GO = b"go\n"


def wait_for_workers(cluster: Cluster, timeout: float) -> None:
    """Return when every worker of the cluster has called this.

    TensorFlow waits for a worker that never starts without end and without a word. So before it takes over,
    every worker reports to the chief, on the port that the chief is going to use; the chief counts them and
    lets them go.

    Args:
        cluster: The workers.
        timeout: Seconds to wait at most.

    Raises:
        InputError: If a worker did not show up in time; the message names it.
    """
    if len(cluster.workers) == 1:
        return
    deadline = time.monotonic() + timeout
    if cluster.index == 0:
        _gather(cluster, deadline, timeout)
    else:
        _report(cluster, deadline, timeout)


def _gather(cluster: Cluster, deadline: float, timeout: float) -> None:
    _, port = split_address(cluster.workers[0])
    missing = set(range(1, len(cluster.workers)))
    with contextlib.ExitStack() as stack:
        try:
            # All interfaces: the name by which others reach this machine may not be one of its own.
            server = stack.enter_context(socket.create_server(("", port), reuse_port=False))
        except OSError as error:
            raise InputError(
                f"{cluster.name(0)} cannot listen ({error.strerror})", remedy="choose a free port"
            ) from error
        arrived: dict[int, socket.socket] = {}
        while missing:
            server.settimeout(max(deadline - time.monotonic(), 0.01))
            try:
                connection = stack.enter_context(server.accept()[0])
                connection.settimeout(5)
                index = int(connection.makefile().readline())
            except TimeoutError:
                if time.monotonic() < deadline:
                    continue
                message = _never_came(cluster, missing, timeout)
                for connection in arrived.values():
                    with contextlib.suppress(OSError):  # it may be gone itself
                        connection.sendall(f"{message}\n".encode())
                raise InputError(message, remedy=_REMEDY) from None
            except (ValueError, OSError):
                continue  # something else looked whether the port is open
            # A worker that restarted while it waited comes twice.
            arrived[index] = connection
            missing.discard(index)
        for connection in arrived.values():
            with contextlib.suppress(OSError):
                connection.sendall(_GO)
        for connection in arrived.values():
            with contextlib.suppress(OSError):
                # Who closes first leaves the port in TIME_WAIT: that must be the other side.
                connection.recv(1)


def _report(cluster: Cluster, deadline: float, timeout: float) -> None:
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise InputError(_never_came(cluster, {0}, timeout), remedy=_REMEDY)
        try:
            with socket.create_connection(split_address(cluster.workers[0]), timeout=left) as connection:
                connection.sendall(f"{cluster.index}\n".encode())
                # The chief began to wait at another time: its verdict may come a little later.
                connection.settimeout(left + timeout)
                answer = connection.makefile().readline()
        except OSError:
            answer = ""
        if answer.encode() == _GO:
            return
        if answer:
            raise InputError(answer.strip(), remedy=_REMEDY)
        time.sleep(_PAUSE)


def _never_came(cluster: Cluster, missing: set[int], timeout: float) -> str:
    names = ", ".join(cluster.name(index) for index in sorted(missing))
    return f"{names} did not show up within {timeout:g} seconds"


_REMEDY = "start all workers, and let them reach each other's ports"
