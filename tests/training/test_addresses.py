"""Ports that processes can listen on, and addresses that are none."""

from __future__ import annotations

import socket

import pytest

from intent_tf.errors import InputError
from intent_tf.training.addresses import free_ports, split_address


def test_nobody_listens_on_a_free_port_and_the_system_gives_it_to_no_connection() -> None:
    for port in free_ports(5):
        assert 20_000 <= port < 32_000
        socket.create_server(("", port), reuse_port=False).close()


@pytest.mark.parametrize("address", ["12345", "host:", ":12345", "host:http"])
def test_an_address_must_have_a_host_and_a_port(address: str) -> None:
    with pytest.raises(InputError, match=r"is no address; expected host:port"):
        split_address(address)
