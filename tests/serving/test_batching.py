"""Sessions of different lengths in TF Serving's batches, as `deploy/` sets them up: no answer changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batching_session import BatchingParameters, BatchingSession, RefusedError

from intent_tf.serving import Client
from intent_tf.serving.tf_examples import serialise_examples

pytestmark = pytest.mark.guard

DEPLOY = Path(__file__).parents[2] / "deploy"
#: As shipped, but for a wait that makes sure that requests meet in a batch.
SHIPPED = replace(
    BatchingParameters.read((DEPLOY / "serving/batching.txt").read_text()), batch_timeout_micros=20_000
)
CLIENTS = [1, 2, 4, 16, 64]
ROWS = 64


def run_at_once(clients: int, ask: Callable[[int], Any], requests: Sequence[int]) -> list[Any]:
    """Ask from so many threads; the answers, or what was raised in their place."""

    def outcome(request: int) -> Any:
        try:
            return ask(request)
        except Exception as error:
            return error

    with ThreadPoolExecutor(clients) as threads:
        return list(threads.map(outcome, requests))


@pytest.fixture
def batching(events, load_in_c):
    """A function from parameters to the model's session in the C++ loader, batched so."""
    sessions: list[BatchingSession] = []

    def batching(parameters: BatchingParameters = SHIPPED) -> BatchingSession:
        sessions.append(BatchingSession(load_in_c(events.folder).run, parameters))
        return sessions[-1]

    yield batching
    for each in sessions:
        each.__exit__()


@pytest.mark.parametrize("clients", CLIENTS)
def test_a_session_gets_what_it_gets_alone(events, batching, clients) -> None:
    session = batching()
    rows = [events.raw(slice(row, row + 1)) for row in range(ROWS)]
    assert len({row["event_type"].shape for row in rows}) > 5
    found = run_at_once(clients, lambda row: session.run(rows[row])["intent_strength"][0], range(ROWS))
    np.testing.assert_allclose(found, events.probabilities[:ROWS], rtol=0, atol=1e-6)
    assert (max(session.merged) > 1) == (clients > 1)


@pytest.mark.parametrize("clients", CLIENTS)
@pytest.mark.parametrize("signature", ["serving_examples", "serving_examples_regress"])
def test_a_row_of_classify_and_regress_gets_what_it_gets_alone(events, batching, signature, clients) -> None:
    session, rows = batching(), serialise_examples(events.raw(slice(ROWS)))

    def ask(row: int) -> float:
        outputs = session.run({"inputs": np.array([rows[row]], object)}, signature)
        return outputs["outputs"][0] if "outputs" in outputs else outputs["scores"][0, 1]

    found = run_at_once(clients, ask, range(ROWS))
    np.testing.assert_allclose(found, events.probabilities[:ROWS], rtol=0, atol=1e-6)
    assert (max(session.merged) > 1) == (clients > 1)


def test_without_padding_sessions_that_meet_are_all_refused(events, batching) -> None:
    session = batching(replace(SHIPPED, pad_variable_length_inputs=False))
    found = run_at_once(16, lambda row: session.run(events.raw(slice(row, row + 1))), range(ROWS))
    refused = [each for each in found if isinstance(each, RefusedError)]
    assert {each.code for each in refused} == {"FAILED_PRECONDITION"}
    assert len(refused) > ROWS / 8


def many_rows(events) -> dict[str, np.ndarray]:
    return {name: np.concatenate([values] * 4) for name, values in events.raw().items()}


def test_a_request_of_more_rows_than_a_batch_is_answered_in_order(events, batching) -> None:
    session, columns = batching(), many_rows(events)
    assert len(columns["event_type"]) > SHIPPED.max_execution_batch_size
    found = run_at_once(4, lambda _: session.run(columns)["intent_strength"], range(4))
    np.testing.assert_allclose(found, [np.tile(events.probabilities, 4)] * 4, rtol=0, atol=1e-6)


def test_without_splitting_such_a_request_is_refused(events, batching) -> None:
    session = batching(replace(SHIPPED, enable_large_batch_splitting=False, max_batch_size=256))
    with pytest.raises(RefusedError, match="INVALID_ARGUMENT: Task size"):
        session.run(many_rows(events))


def test_a_session_without_an_entry_spoils_the_batch_that_it_meets(events, batching) -> None:
    session = batching(replace(SHIPPED, batch_timeout_micros=500_000))
    empty = {name: v[:, :0] if v.ndim == 2 else v for name, v in events.raw(slice(1)).items()}
    requests = [empty, *(events.raw(slice(row, row + 1)) for row in range(1, 16))]
    found = run_at_once(16, lambda request: session.run(requests[request]), range(16))
    assert any(isinstance(each, RefusedError) and "empty tensor" in str(each) for each in found[1:])


def test_the_client_sends_an_entry_of_a_session_without_events(
    events, batching, rest_url, monkeypatch
) -> None:
    session, client = batching(), Client(rest_url)
    without = events.rows.head(1).map(lambda value: [] if isinstance(value, list | np.ndarray) else value)
    expected = client.predict(without)
    monkeypatch.setattr(client._transport, "predict", lambda columns, name, *_: session.run(columns, name))
    rows = [without, *(events.rows.iloc[[row]] for row in range(1, 16))]
    found = run_at_once(16, lambda row: client.predict(rows[row])[0], range(16))
    np.testing.assert_allclose(found, [*expected, *events.probabilities[1:16]], rtol=0, atol=1e-6)


def test_golden_requests_get_their_responses_among_others(events, batching) -> None:
    session, extra = batching(), events.folder / "assets.extra"
    request = json.loads((extra / "golden_request_columnar.json").read_text())["inputs"]
    dtypes = {name: values.dtype for name, values in events.raw(slice(1)).items()}
    columns = {name: np.array(values, dtypes[name]) for name, values in request.items()}
    golden = json.loads((extra / "golden_response_columnar.json").read_text())["outputs"]
    found = run_at_once(8, lambda _: session.run(columns)["intent_strength"], range(8))
    np.testing.assert_allclose(found, [golden["intent_strength"]] * 8, rtol=0, atol=1e-6)
