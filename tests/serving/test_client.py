"""The client checks rows, sends them in batches, is patient with a server and clear about errors."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
import time
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError, InputWarning
from intent_tf.serving import Client, ServingError


@pytest.fixture
def failing():
    """A server that answers with what is in a list, one after the other, and its last one for ever."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        answers: ClassVar[list[tuple[int, bytes]]] = []
        asked: ClassVar[list[bytes]] = []
        users: ClassVar[list[str]] = []

        def do_GET(self):
            self.users.append(self.headers["Authorization"])
            self.asked.append(self.rfile.read(int(self.headers["Content-Length"] or 0)))
            status, content = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.send(content)

        def do_POST(self):
            self.do_GET()

        def send(self, content: bytes) -> None:
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    Handler.asked.clear()
    Handler.users.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    Handler.url = f"http://127.0.0.1:{server.server_address[1]}/v1/models/shop"
    yield Handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def asked(failing, rest_url):
    """A client that has read of the real model what it takes, and now asks the failing server."""
    client = Client(rest_url, timeout=5, retries=1)
    _ = client.specification
    client.url, client._transport = failing.url, Client(failing.url)._transport
    return client


def answer(rows: int, **outputs: object) -> bytes:
    numbers: dict[str, object] = {"intent_strength": [0.5] * rows, "intent_strength_spread": [0.0] * rows}
    return json.dumps(
        {"outputs": {**numbers, "action_probabilities": [[0.25] * 4] * rows, **outputs}}
    ).encode()


def test_a_table_gives_keras_strengths(events, rest_url) -> None:
    with Client(rest_url) as client:
        np.testing.assert_allclose(client.predict(events.rows), events.probabilities, rtol=0, atol=1e-6)


def test_a_mapping_of_columns_will_do(events, rest_url) -> None:
    columns = {name: list(values) for name, values in events.rows.head(3).items()}
    np.testing.assert_allclose(Client(rest_url).predict(columns), events.probabilities[:3], rtol=0, atol=1e-6)


def test_a_model_that_states_its_specification_gets_json_without_nan(events, rest_url, monkeypatch) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    client, bodies = Client(rest_url), []
    assert client.specification.columns == events.model.preprocessor.specification.columns
    answer = {"outputs": {name: [0.5] for name in client.outputs(events.rows.head(0))}}
    monkeypatch.setattr(client._transport, "_ask", lambda *request: bodies.append(request[2]) or answer)
    client.predict(events.rows.head(1).assign(price=["[null, 3]"]))
    assert json.loads(bodies[0], parse_constant=refuse)["inputs"]["price"][0][:2] == [-3e38, 3.0]


def test_a_missing_list_is_an_empty_one(events, rest_url) -> None:
    rows = events.rows.head(2)
    missing, empty = (
        Client(rest_url).predict(rows.assign(item_id=[nothing] * 2)) for nothing in (None, "[]")
    )
    np.testing.assert_array_equal(missing, empty)


def test_batches_of_any_size_give_the_same(events, rest_url) -> None:
    probabilities = Client(rest_url, batch_size=7).predict(events.rows.head(20))
    np.testing.assert_allclose(probabilities, events.probabilities[:20], rtol=0, atol=1e-6)


def test_no_rows_give_no_strengths(events, rest_url) -> None:
    assert Client(rest_url).predict(events.rows.head(0)).shape == (0,)


def test_spread_and_actions_come_with_the_outputs(events, rest_url) -> None:
    outputs = Client(rest_url).outputs(events.rows.head(3))
    assert outputs.keys() == {"intent_strength", "intent_strength_spread", "action_probabilities"}
    assert all(len(values) == 3 for values in outputs.values())


def test_a_version_may_be_named(events, rest_url) -> None:
    probabilities = Client(f"{rest_url}/versions/1").predict(events.rows.head(3))
    np.testing.assert_allclose(probabilities, events.probabilities[:3], rtol=0, atol=1e-6)


def test_threads_share_a_client(events, rest_url) -> None:
    client, probabilities = Client(rest_url), {}
    threads = [
        threading.Thread(
            target=lambda i=i: probabilities.update({i: client.predict(events.rows.iloc[i : i + 1])[0]})
        )
        for i in range(16)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    np.testing.assert_allclose(
        [probabilities[i] for i in range(16)], events.probabilities[:16], rtol=0, atol=1e-6
    )


def test_a_missing_column_is_named_before_anything_is_sent(events, rest_url) -> None:
    with pytest.raises(InputError, match="no column 'price'"):
        Client(rest_url).predict(events.rows.drop(columns="price"))


@pytest.mark.parametrize("value", [["red", "blue"], {"a": 1}, b"red", np.array(["red"])], ids=repr)
def test_a_value_that_is_no_text_is_refused_with_its_row_and_column(events, rest_url, value) -> None:
    rows = events.rows.head(3).reset_index(drop=True)
    rows.at[1, "item_id"] = [value]
    with pytest.raises(InputError, match=r"row 1, column 'item_id': found .* where a text belongs"):
        Client(rest_url, batch_size=1).predict(rows)


def test_a_word_where_a_number_belongs_is_missing_and_told(events, rest_url) -> None:
    rows = events.rows.head(3).reset_index(drop=True)
    rows.at[1, "price"] = ["cheap"]
    with pytest.warns(InputWarning, match="column 'price': .* is missing, such as 'cheap' in row 1"):
        found = Client(rest_url).predict(rows)
    rows.at[1, "price"] = [None]
    np.testing.assert_array_equal(found, Client(rest_url).predict(rows))


def test_a_list_where_a_number_belongs_is_refused_with_its_row_and_column(events, rest_url) -> None:
    rows = events.rows.head(3).reset_index(drop=True)
    rows.at[1, "price"] = [[1.0, 2.0]]
    with pytest.raises(InputError, match=r"row 1, column 'price': found .* where a number belongs"):
        Client(rest_url, batch_size=1).predict(rows)


def test_what_the_server_says_is_passed_on(rest_url) -> None:
    with pytest.raises(ServingError, match=r"404.*no model 'other'"):
        _ = Client(rest_url.replace("shop", "other")).specification


@pytest.mark.parametrize(
    "url", ["localhost:8501", "ftp://host/shop", "http://host", "http:///v1/models/shop"]
)
def test_what_is_no_url_is_refused(url) -> None:
    with pytest.raises(InputError, match="no model's URL"):
        Client(url)


def test_a_server_that_is_away_is_named_after_all_attempts(failing) -> None:
    with pytest.raises(ServingError, match="no answer after 2 attempts"):
        _ = Client("http://127.0.0.1:9/v1/models/shop", retries=1).specification


def test_a_busy_server_is_asked_again(failing) -> None:
    failing.answers = [(503, b'{"error": "busy"}'), (429, b""), (404, b'{"error": "gone"}')]
    with pytest.raises(ServingError, match="404: gone"):
        _ = Client(failing.url).specification
    assert len(failing.asked) == 3


def test_a_server_that_fails_is_not_asked_again(failing) -> None:
    failing.answers = [(500, b"oh")]
    with pytest.raises(ServingError, match="500: oh"):
        _ = Client(failing.url).specification
    assert len(failing.asked) == 1


def test_an_answer_that_is_no_json_is_an_error(failing) -> None:
    failing.answers = [(200, b"<html>")]
    with pytest.raises(ServingError, match="no JSON"):
        _ = Client(failing.url).specification


def drip(self, content: bytes) -> None:
    for byte in content:
        self.wfile.write(bytes([byte]))
        time.sleep(0.05)


def hold(self, content: bytes) -> None:
    time.sleep(3)


@pytest.mark.parametrize("send", [drip, hold])
def test_a_slow_server_is_waited_for_until_one_deadline(failing, send) -> None:
    failing.send, failing.answers = send, [(200, b" " * 200)]
    started = time.monotonic()
    with pytest.raises(ServingError, match=r"no answer within 0.4 s"):
        _ = Client(failing.url, timeout=0.4).specification
    assert time.monotonic() - started < 2
    assert len(failing.asked) == 1


def test_attempts_and_waits_share_the_deadline(failing) -> None:
    failing.answers = [(503, b"")]
    started = time.monotonic()
    with pytest.raises(ServingError, match=r"no answer within 0.5 s"):
        _ = Client(failing.url, timeout=0.5, retries=50).specification
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (answer(1), "expected 2 rows"),
        (answer(2, intent_strength=[0.5]), r"of shape \(1,\); expected 2 rows"),
        (answer(2, intent_strength=[0.5, float("nan")]), "holds nan as 'intent_strength'"),
        (answer(2, intent_strength=[2.0, 0.5]), "holds 2.0 as 'intent_strength'"),
        (answer(2, intent_strength=["a", "b"]), "holds no numbers 'intent_strength'"),
        (answer(2, intent_strength=[[0.5], []]), "holds no numbers 'intent_strength'"),
        (answer(2, action_probabilities=None), "holds 'action_probabilities' of shape"),
        (b'{"outputs": {}}', "holds no numbers"),
        (b'{"outputs": 0.5}', "of shape"),
        (b"{}", "holds no outputs"),
        (b"[]", "holds no outputs"),
        (b"[" * 100_000, "is no JSON"),
    ],
    ids=lambda each: each[:60] if isinstance(each, bytes) else "",
)
def test_an_answer_that_is_no_probability_a_row_is_told(failing, asked, events, content, message) -> None:
    failing.answers = [(200, content)]
    with pytest.raises(ServingError, match=message):
        asked.predict(events.rows.head(2))
    assert len(failing.asked) == 1


@pytest.mark.parametrize(
    "content", [b"{}", b"[]", b'{"metadata": {"signature_def": {"signature_def": {"a": 1}}}}']
)
def test_metadata_that_are_none_are_an_error(failing, content) -> None:
    failing.answers = [(200, content)]
    with pytest.raises(ServingError, match="holds no signatures"):
        _ = Client(failing.url).specification


def test_a_request_that_is_too_large_is_sent_in_halves(failing, asked, events) -> None:
    failing.answers = [(413, b""), (200, answer(2)), (200, answer(1))]
    assert asked.predict(events.rows.head(3)).tolist() == [0.5] * 3


def test_a_row_that_is_too_large_is_told(failing, asked, events) -> None:
    failing.answers = [(413, b"too much")]
    with pytest.raises(ServingError, match="answered 413: too much"):
        asked.predict(events.rows.head(2))


def test_after_a_refusal_the_model_is_asked_anew_what_it_takes(failing, asked, events) -> None:
    failing.answers = [(400, b"other columns")]
    for _ in range(2):
        with pytest.raises(ServingError, match="other columns"):
            asked.predict(events.rows.head(1))
    assert [body[:1] for body in failing.asked] == [b"{", b""]


def test_a_server_that_closes_its_connections_is_asked_again(failing) -> None:
    def end(self, content: bytes) -> None:
        self.close_connection = True

    failing.send, failing.answers = end, [(200, b"{}")]
    with pytest.raises(ServingError, match="no answer after 2 attempts"):
        _ = Client(failing.url, retries=1).specification


def test_user_and_password_reach_a_proxy_and_no_message(failing) -> None:
    failing.answers = [(401, b"")]
    url = failing.url.replace("//", "//shop:s%40cret@")
    with pytest.raises(ServingError, match="answered 401") as error:
        _ = Client(url).specification
    assert failing.users == ["Basic c2hvcDpzQGNyZXQ="]
    assert "cret" not in str(error.value)


@pytest.mark.parametrize(
    "url", ["http://u:secret@host:no/v1/models/m", "grpc://u:secret@h/m", "http:u:secret@h"]
)
def test_a_url_that_is_none_does_not_tell_its_password(url) -> None:
    with pytest.raises(InputError, match="no model's URL") as error:
        Client(url)
    assert "secret" not in str(error.value)


def test_many_calls_at_once_share_a_loop(events, rest_url) -> None:
    async def ask() -> list[np.ndarray]:
        client = Client(rest_url)
        return await asyncio.gather(*(client.predict_async(events.rows.iloc[[row]]) for row in range(16)))

    found = np.concatenate(asyncio.run(ask()))
    np.testing.assert_allclose(found, events.probabilities[:16], rtol=0, atol=1e-6)


def test_a_text_that_is_no_utf8_arrives_as_it_would_locally(events, rest_url) -> None:
    row = events.rows.head(1).copy()
    row["text"] = pd.Series([["\ud800 lamp"]], dtype=object)
    row["event_type"] = pd.Series([["click"]], dtype=object)
    expected = events.model.predict(row)
    np.testing.assert_allclose(Client(rest_url).predict(row), expected, rtol=0, atol=1e-6)
