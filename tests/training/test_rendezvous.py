"""Workers wait for each other, and name those that never come."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from intent_tf.errors import InputError
from intent_tf.training.addresses import free_ports
from intent_tf.training.cluster import Cluster
from intent_tf.training.rendezvous import wait_for_workers


def clusters(ports: list[int]) -> list[Cluster]:
    workers = tuple(f"127.0.0.1:{port}" for port in ports)
    return [Cluster(workers, index) for index in range(len(workers))]


def test_all_go_when_the_last_has_come() -> None:
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(wait_for_workers, cluster, 20) for cluster in clusters(free_ports(3))]
        assert [each.result(timeout=30) for each in waiting] == [None] * 3


def test_everybody_names_the_worker_that_never_came() -> None:
    ports = free_ports(3)
    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(wait_for_workers, cluster, 1.0) for cluster in clusters(ports)[:2]]:
            with pytest.raises(InputError, match=rf"worker 2 \(127.0.0.1:{ports[2]}\) did not show up"):
                each.result(timeout=30)


def test_without_a_chief_the_chief_is_named() -> None:
    with pytest.raises(InputError, match=r"worker 0 .* did not show up within 0.5 seconds"):
        wait_for_workers(clusters(free_ports(2))[1], 0.5)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("", 0)) as taken:
        cluster = clusters([taken.getsockname()[1], *free_ports(1)])[0]
        with pytest.raises(InputError, match="cannot listen"):
            wait_for_workers(cluster, 1.0)


def test_a_stranger_that_looks_at_the_port_is_let_go() -> None:
    ports = free_ports(2)
    with ThreadPoolExecutor(2) as pool:
        chief = pool.submit(wait_for_workers, clusters(ports)[0], 20)
        for _ in range(50):
            with suppress(OSError), socket.create_connection(("127.0.0.1", ports[0])) as stranger:
                stranger.sendall(b"GET /\n")
                break
        worker = pool.submit(wait_for_workers, clusters(ports)[1], 20)
        assert (chief.result(timeout=30), worker.result(timeout=30)) == (None, None)


def test_the_chiefs_port_is_free_afterwards() -> None:
    ports = free_ports(2)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda cluster: wait_for_workers(cluster, 20), clusters(ports)))
    socket.create_server(("", ports[0]), reuse_port=False).close()
