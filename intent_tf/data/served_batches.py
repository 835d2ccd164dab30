"""Batches that other processes make (`tf.data` service), in the order in which this one would make them."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from intent_tf.addresses import split_address
from intent_tf.errors import InputError

Make = Callable[[tf.data.Dataset], tf.data.Dataset]
"""Makes, of the numbers of batches, pairs of an element's number and the element."""

#: More batches than any run has.
ENDLESS = np.iinfo(np.int64).max
#: Seconds without a word from the service after which batches are made here.
PATIENCE = 10.0
#: Elements that came too early and wait for one that has not come; then that one is made here.
_AHEAD = 64
_PROTOCOL = "grpc://"


def served_batches(make: Make, first: int, service: str, replicas: int = 1) -> tf.data.Dataset:
    """Let the input workers of a `tf.data` service make batches, and put them in order.

    The dispatcher hands the numbers of batches out to the workers, each number to one. What they make arrives
    in any order, and what a worker that was killed had been given does not arrive at all. Since a batch
    depends on its number alone, this process makes those that are missing itself: it sees every batch once
    and in order, whatever happens to the service. If nothing at all comes for 10 seconds, it says so and
    makes all of them until some come again.

    The function, and the tensors that it holds, are shipped to the workers. It may use TensorFlow only:
    Python stays here.

    Args:
        make: Makes batches; what it makes of a number must depend on nothing else.
        first: Number of the first batch.
        service: The dispatcher, ``grpc://host:port``.
        replicas: Elements that each batch makes, numbered ``batch · replicas`` and so on.

    Returns:
        The elements, without their numbers and without an end.
    """
    _, specification = make(tf.data.Dataset.range(1)).element_spec
    return tf.data.Dataset.from_generator(
        lambda: _in_order(make, first, service, replicas), output_signature=specification
    )


def wait_for_dispatcher(service: str, timeout: float) -> None:
    """Return when a service can be reached. TensorFlow would wait without end and without a word.

    Args:
        service: The dispatcher, ``grpc://host:port``.
        timeout: Seconds to wait at most.

    Raises:
        InputError: If it cannot be reached in time, or the address is none.
    """
    address, deadline = dispatcher_address(service), time.monotonic() + timeout
    while True:
        try:
            left = max(deadline - time.monotonic(), 0.01)
            with socket.create_connection(split_address(address), timeout=left):
                return
        except OSError as error:
            if time.monotonic() > deadline:
                raise InputError(
                    f"the input service {service} cannot be reached within {timeout:g} seconds ({error})",
                    remedy="start it with python -m intent_tf.input_service, or leave --input-service out",
                ) from error
        time.sleep(0.1)


def dispatcher_address(service: str) -> str:
    """Return the ``host:port`` of ``grpc://host:port``.

    Raises:
        InputError: If it is no such address.
    """
    if not service.startswith(_PROTOCOL):
        raise InputError(f"the input service is {service!r}", expected="an address like grpc://host:port")
    address = service.removeprefix(_PROTOCOL)
    split_address(address)
    return address


def _in_order(make: Make, first: int, service: str, replicas: int) -> Iterator[Any]:
    wanted, early = first * replicas, dict[int, Any]()
    here = _MadeHere(make, replicas)
    arrivals = _Arrivals(make, first, service)
    try:
        while True:
            while wanted not in early:
                arrived = arrivals.next() if len(early) < _AHEAD else None
                for number, element in here.around(wanted) if arrived is None else [arrived]:
                    if int(number) >= wanted:  # else it was made here in the meantime
                        early[int(number)] = element
            yield early.pop(wanted)
            wanted += 1
    finally:
        arrivals.stop()


class _MadeHere:
    """Elements that this process makes itself."""

    def __init__(self, make: Make, replicas: int) -> None:
        self._make, self._replicas, self._following = make, replicas, -1
        self._elements: Iterator[Any] = iter(())

    def around(self, wanted: int) -> list[Any]:
        """Make all elements of the batch that one belongs to; the batch after it then costs less."""
        batch = wanted // self._replicas
        if batch != self._following:
            self._elements = iter(self._make(tf.data.Dataset.range(batch, ENDLESS)))
        self._following = batch + 1
        return [next(self._elements) for _ in range(self._replicas)]


class _Arrivals:
    """What the service makes, as it comes. A thread waits for it: TensorFlow's wait cannot be cut short."""

    def __init__(self, make: Make, first: int, service: str) -> None:
        self._make, self._first, self._service = make, first, service
        self._patience = PATIENCE
        self._found: queue.Queue[Any] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        threading.Thread(target=self._fetch, daemon=True).start()

    def next(self) -> Any:
        """Wait for an element, a pair with its number; None if none comes."""
        try:
            found = self._found.get(timeout=self._patience)
        except queue.Empty:
            found = None
        if isinstance(found, tuple):
            self._patience = PATIENCE
            return found
        if self._patience or found is not None:
            reason = f"no batch for {PATIENCE:g} seconds" if found is None else str(found)
            warnings.warn(
                f"the input service {self._service}: {reason}; batches are made here until some come",
                stacklevel=2,
            )
        self._patience = 0.0
        return None

    def stop(self) -> None:
        """Ask for no more."""
        self._stopped.set()

    def _fetch(self) -> None:
        distribute = tf.data.experimental.service.distribute(
            tf.data.experimental.service.ShardingPolicy.DYNAMIC, self._service
        )
        try:
            for element in self._make(tf.data.Dataset.range(self._first, ENDLESS)).apply(distribute):
                self._put(element)
                if self._stopped.is_set():
                    return
        except tf.errors.OpError as error:
            self._put(error)

    def _put(self, found: Any) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._found.put(found, timeout=1)
                return
