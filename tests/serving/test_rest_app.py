"""The stand-in answers as TF Serving's REST API does, and says what is wrong with a request."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from urllib.parse import urlsplit

import numpy as np
import pytest

from intent_tf.serving.rest_json import to_columns, to_rows
from intent_tf.serving.specification_signature import read_specification

REGRESS = "serving_examples_regress"


@pytest.fixture
def ask(rest_url):
    connection = http.client.HTTPConnection(urlsplit(rest_url).netloc, timeout=60)

    def ask(path: str, body: object = None, method: str = "", **headers: str):
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        method = method or ("GET" if body is None else "POST")
        connection.request(method, "/v1/models" + path, content, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    yield ask
    connection.close()


def to_examples(columns) -> list[dict[str, object]]:
    """Rows for ``:regress``, in which a number that is missing is left out."""
    return [
        {name: value for name, value in row.items() if value == value}  # NaN equals nothing
        for row in to_rows(columns)
    ]


@pytest.fixture(scope="module")
def row(events):
    return to_rows(events.raw(slice(1)))[0]


def test_rows_give_predictions(events, ask) -> None:
    status, answer = ask("/shop:predict", {"instances": to_rows(events.raw(slice(20)))})
    assert status == 200
    probabilities = [each["intent_strength"] for each in answer["predictions"]]
    np.testing.assert_allclose(probabilities, events.probabilities[:20], rtol=0, atol=1e-6)


def test_columns_give_outputs(events, ask) -> None:
    status, answer = ask("/shop:predict", {"inputs": to_columns(events.raw(slice(20)))})
    assert status == 200
    probabilities = answer["outputs"]["intent_strength"]
    np.testing.assert_allclose(probabilities, events.probabilities[:20], rtol=0, atol=1e-6)


@pytest.mark.parametrize("form", ["row", "columnar"])
def test_a_golden_request_gets_its_golden_response(events, ask, form) -> None:
    extra = events.folder / "assets.extra"
    status, answer = ask("/shop:predict", (extra / f"golden_request_{form}.json").read_bytes())
    golden = json.loads((extra / f"golden_response_{form}.json").read_text())
    assert status == 200
    assert answer.keys() == golden.keys()
    parts = (
        (answer["predictions"], golden["predictions"])
        if form == "row"
        else ([answer["outputs"]], [golden["outputs"]])
    )
    for found, expected in zip(*parts, strict=True):
        assert found.keys() == expected.keys()
        for name in found:
            np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-6)


def test_examples_are_classified_by_their_bytes(events, ask) -> None:
    from base64 import b64encode

    from intent_tf.serving.tf_examples import serialise_examples

    instances = [{"b64": b64encode(each).decode()} for each in serialise_examples(events.raw(slice(3)))]
    status, answer = ask(
        "/shop:predict", {"signature_name": "serving_examples_regress", "instances": instances}
    )
    assert status == 200
    np.testing.assert_allclose(answer["predictions"], events.probabilities[:3], rtol=0, atol=1e-6)


def test_an_example_that_is_broken_inside_is_the_clients_error(ask) -> None:
    instances = [{"b64": "CgNvZmY="}]
    body = {"signature_name": "serving_examples_regress", "instances": instances}
    status, answer = ask("/shop:predict", body)
    assert status == 400
    assert answer["error"] == "the model refuses the inputs (Failed skipping unrequested field)"


def test_many_rows_come_back_in_order(events, ask) -> None:
    columns = {name: np.concatenate([values] * 4) for name, values in events.raw().items()}
    status, answer = ask("/shop:predict", {"inputs": to_columns(columns)})
    assert status == 200
    np.testing.assert_allclose(
        answer["outputs"]["intent_strength"], np.tile(events.probabilities, 4), rtol=0, atol=1e-6
    )


def test_the_status_is_available(ask) -> None:
    assert ask("/shop") == (
        200,
        {
            "model_version_status": [
                {"version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
            ]
        },
    )


def test_the_metadata_describes_the_inputs(ask) -> None:
    status, answer = ask("/shop/versions/1/metadata")
    inputs = answer["metadata"]["signature_def"]["signature_def"]["serving_default"]["inputs"]
    assert status == 200
    assert inputs["event_type"]["dtype"] == "DT_STRING"
    assert [size["size"] for size in inputs["event_type"]["tensor_shape"]["dim"]] == ["-1", "-1"]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/other:predict", "POST", 404),
        ("/shop/versions/7:predict", "POST", 404),
        ("/shop/versions/7", "GET", 404),
        ("/shop/labels/stable:predict", "POST", 501),
        ("/shop:explain", "POST", 404),
        ("/shop:predict", "GET", 404),
        ("/shop", "POST", 404),
        ("/shop:predict", "PUT", 405),
    ],
)
def test_what_is_not_there_is_not_found(ask, path, method, status) -> None:
    found, answer = ask(path, {"instances": []}, method)
    assert found == status
    assert answer["error"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no JSON object"),
        ({}, "neither or both"),
        ({"inputs": {}, "instances": []}, "neither or both"),
        ({"instances": []}, "empty"),
        ({"instances": 3}, "no list"),
        ({"instances": [1.0]}, "not named"),
        ({"signature_name": "other", "instances": [1]}, "no signature 'other'"),
        ({"signature_name": 1, "instances": [1]}, "no signature '1'"),
    ],
)
def test_a_body_that_is_no_request_is_refused(ask, body, message) -> None:
    status, answer = ask("/shop:predict", body)
    assert status == 400
    assert message in answer["error"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("elapsed", ["soon"], 'has "soon" where a number belongs'),
        ("elapsed", [None], "has null where a number belongs"),
        ("elapsed", [True], "has true where a number belongs"),
        ("elapsed", 3.0, "no list of 2 levels"),
        ("elapsed", [[1.0]], "no list of 2 levels"),
        ("session_length", 1.5, "has 1.5 where a whole number belongs"),
        ("elapsed", [1e39], "no float32 can hold"),
        ("elapsed", [2**24 + 1], "no float32 can hold"),
        ("event_type", [3], "has 3 where a text belongs"),
        ("event_type", [{"b64": "?"}], "no base64"),
        ("previous_events", [1.0], "no list of 1 levels"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(ask, row, name, value, message) -> None:
    status, answer = ask("/shop:predict", {"instances": [{**row, name: value}]})
    assert status == 400
    assert repr(name) in answer["error"]
    assert message in answer["error"]


def test_a_missing_input_is_refused_by_name(ask, row) -> None:
    status, answer = ask("/shop:predict", {"instances": [{k: v for k, v in row.items() if k != "price"}]})
    assert status == 400
    assert "'price' is missing" in answer["error"]


def test_an_unknown_input_is_refused_by_name(ask, row) -> None:
    status, answer = ask("/shop:predict", {"instances": [{**row, "colour": "red"}]})
    assert status == 400
    assert "'colour' is unknown" in answer["error"]


def test_rows_of_different_lengths_are_refused(ask, row) -> None:
    longer = {**row, "elapsed": [*row["elapsed"], 1.0]}
    status, answer = ask("/shop:predict", {"instances": [row, longer]})
    assert status == 400
    assert "pad shorter rows" in answer["error"].lower()


def test_columns_of_different_numbers_of_rows_are_refused(events, ask) -> None:
    columns = to_columns(events.raw(slice(3)))
    status, answer = ask("/shop:predict", {"inputs": {**columns, "previous_events": [1.0]}})
    assert status == 400
    assert "different numbers of rows" in answer["error"]


def test_a_connection_goes_on_after_an_error(ask) -> None:
    assert [ask("/shop:predict", b"{")[0], ask("/shop")[0]] == [400, 200]


def test_regress_takes_an_object_a_row(events, ask) -> None:
    examples = to_examples(events.raw(slice(5)))
    status, answer = ask("/shop:regress", {"signature_name": REGRESS, "examples": examples})
    assert status == 200
    np.testing.assert_allclose(answer["results"], events.probabilities[:5], rtol=0, atol=1e-6)


def test_classify_names_both_classes(events, ask) -> None:
    examples = to_examples(events.raw(slice(2)))
    status, answer = ask(
        "/shop/versions/1:classify", {"signature_name": "serving_examples", "examples": examples}
    )
    assert status == 200
    assert [[name for name, _ in row] for row in answer["results"]] == [["no purchase", "purchase"]] * 2
    probabilities = [row[1][1] for row in answer["results"]]
    np.testing.assert_allclose(probabilities, events.probabilities[:2], rtol=0, atol=1e-6)


def test_a_key_that_is_left_out_is_missing(ask) -> None:
    status, answer = ask("/shop:regress", {"signature_name": REGRESS, "examples": [{}, {"price": [3]}]})
    assert status == 200
    assert all(0 < each < 1 for each in answer["results"])


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"examples": [{}]}, 400, "'serving_default' is for tensorflow/serving/predict, not for regress"),
        ({"signature_name": REGRESS}, 400, "'examples' is no list"),
        ({"signature_name": REGRESS, "examples": [{"price": None}]}, 400, "'price' has null"),
        ({"signature_name": REGRESS, "context": {}, "examples": [{}]}, 501, "'context'"),
    ],
)
def test_a_request_for_regress_that_is_none_is_refused(ask, body, status, message) -> None:
    found, answer = ask("/shop:regress", body)
    assert found == status
    assert message in answer["error"]


def test_the_specification_comes_without_a_name(events, ask) -> None:
    status, answer = ask("/shop:predict", {"signature_name": "specification", "inputs": {"request": [""]}})
    assert status == 200
    specification = read_specification(answer["outputs"][0])
    assert specification.columns == events.model.preprocessor.specification.columns


def raw(url: str, headers: bytes, body: bytes) -> bytes:
    """Send bytes as they are, and read until the server closes the connection or is silent."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=2) as connection:
        connection.sendall(f"POST {address.path}:predict HTTP/1.1\r\nHost: x\r\n".encode() + headers)
        connection.sendall(b"\r\n" + body)
        answer = b""
        with contextlib.suppress(TimeoutError):
            while part := connection.recv(65536):
                answer += part
        return answer


def test_a_request_that_says_its_length_twice_is_read_one_way(rest_url) -> None:
    twice = raw(rest_url, b"Content-Length: 2\r\nContent-Length: 30\r\n", b"{}")
    assert twice.startswith(b"HTTP/1.1 400")
    chunked = b"2\r\n{}\r\n0\r\n\r\n"
    both = raw(rest_url, b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n", chunked)
    assert both.startswith(b"HTTP/1.1 400")
    assert both.count(b"HTTP/1.1") == 1
    assert b"neither or both" in both  # the whole body was read


def test_a_body_that_is_cut_short_gets_no_answer(rest_url) -> None:
    assert raw(rest_url, b"Content-Length: 200\r\n", b"{}") == b""
