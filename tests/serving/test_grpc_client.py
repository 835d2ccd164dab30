"""The client speaks TF Serving's gRPC API."""

from __future__ import annotations

import numpy as np
import pytest

from intent_tf.serving import Client, ServedModel, ServingError

pytest.importorskip("tensorflow_serving", reason="tensorflow-serving-api is not installed")

from grpc_double import grpc_double


@pytest.fixture(scope="module")
def address(events):
    with grpc_double(ServedModel(events.folder)) as address:
        yield address


def test_a_table_gives_the_probabilities_of_keras(events, address) -> None:
    with Client(f"{address}/shop") as client:
        np.testing.assert_allclose(client.predict(events.rows), events.probabilities, rtol=0, atol=1e-6)


def test_the_specification_is_the_models(events, address) -> None:
    with Client(f"{address}/shop") as client:
        assert client.specification == ServedModel(events.folder).specification


def test_a_version_may_be_named(events, address) -> None:
    with Client(f"{address}/shop/versions/1") as client:
        probabilities = client.predict(events.rows.head(3))
    np.testing.assert_allclose(probabilities, events.probabilities[:3], rtol=0, atol=1e-6)


@pytest.mark.parametrize("model", ["other", "shop/versions/2"])
def test_what_the_server_says_is_passed_on(address, model) -> None:
    with pytest.raises(ServingError, match="NOT_FOUND: no model"):
        _ = Client(f"{address}/{model}").specification


def test_a_busy_server_is_asked_again(address) -> None:
    with pytest.raises(ServingError, match=r"no answer after 2 attempts \(UNAVAILABLE: not now\)"):
        _ = Client(f"{address}/busy", retries=1).specification


def with_text(rows, characters: int):
    """Rows whose sessions have one event with a text of so many characters."""
    return rows.assign(event_type=[["click"]] * len(rows), text=[["lamp " * (characters // 5)]] * len(rows))


def test_a_request_that_is_too_large_is_sent_in_parts(events, address) -> None:
    rows = with_text(events.rows.head(6), 1_000_000)
    with Client(f"{address}/shop") as client:
        found = client.predict(rows)
    np.testing.assert_allclose(found, ServedModel(events.folder).predict(rows), rtol=0, atol=1e-6)


def test_a_row_that_is_too_large_is_told_and_not_sent(events, address) -> None:
    with (
        Client(f"{address}/shop") as client,
        pytest.raises(ServingError, match=r"a request of 5,0.* bytes; expected 4,194,304 at most"),
    ):
        client.predict(with_text(events.rows.head(2), 5_000_000))


def test_a_server_that_refuses_the_size_is_not_asked_again(address) -> None:
    with pytest.raises(ServingError, match="RESOURCE_EXHAUSTED: too large"):
        _ = Client(f"{address}/large", retries=5).specification


def test_a_server_is_waited_for_until_the_deadline(address) -> None:
    with pytest.raises(ServingError, match=r"no answer within 0.3 s"):
        _ = Client(f"{address}/slow", timeout=0.3).specification


def test_a_label_is_passed_on(address) -> None:
    with pytest.raises(ServingError, match="NOT_FOUND: no label 'stable'"):
        _ = Client(f"{address}/shop/labels/stable").specification


def test_a_server_that_is_away_is_named_after_all_attempts() -> None:
    with pytest.raises(ServingError, match="no answer after 1 attempts"):
        _ = Client("grpc://127.0.0.1:9/shop", retries=0).specification
