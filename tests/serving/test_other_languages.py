"""Programs without Python ask a served model: curl, and the client for Node of `deploy/`."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from intent_tf.serving.rest_json import to_rows

CLIENT = Path(__file__).parents[2] / "deploy/clients/intent.mjs"


def test_curl_gets_the_golden_response(events, rest_url) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    extra = events.folder / "assets.extra"
    command = ["curl", "-sf", f"{rest_url}:predict", "-d", f"@{extra / 'golden_request_row.json'}"]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    golden = json.loads((extra / "golden_response_row.json").read_text())
    found, expected = ([row["intent_strength"] for row in each["predictions"]] for each in (answer, golden))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def node(url: str, rows: list[dict[str, object]]) -> subprocess.CompletedProcess[str]:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    text = json.dumps(rows)
    return subprocess.run(["node", CLIENT, url], input=text, capture_output=True, text=True, timeout=60)


def rows_of(columns) -> list[dict[str, object]]:
    """Rows as JavaScript has them: null for a number that is missing, and each list as long as it is."""
    rows = []
    for row in to_rows(columns):
        length = row.pop("session_length")
        known = {name: value[:length] if isinstance(value, list) else value for name, value in row.items()}
        rows.append(json.loads(json.dumps(known).replace("NaN", "null")))
    return rows


def test_node_gets_the_probabilities_of_sessions_of_different_lengths(events, rest_url) -> None:
    rows = [row for number in range(20) for row in rows_of(events.raw(slice(number, number + 1)))]
    answer = node(rest_url, rows)
    assert answer.stderr == ""
    np.testing.assert_allclose(json.loads(answer.stdout), events.probabilities[:20], rtol=0, atol=1e-6)


def test_node_writes_whole_numbers_beside_others_as_tf_serving_takes_them(rest_url) -> None:
    answer = node(rest_url, [{"event_type": ["cart", "cart"], "price": [1, 2.5]}])
    assert len(json.loads(answer.stdout)) == 1


def test_node_says_what_the_server_says(rest_url) -> None:
    answer = node(rest_url.replace("shop", "other"), [{}])
    assert answer.returncode
    assert "404: no model 'other'" in answer.stderr
