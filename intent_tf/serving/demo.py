"""A page on which a person plays shopper and sees the probability move after each action."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.serving.model_server import ModelServer
from intent_tf.serving.rest_server import Page
from intent_tf.serving.served_model import specification_of
from intent_tf.serving.session_scorer import SessionScorer
from intent_tf.serving.session_store import MemorySessions
from intent_tf.simulator.simulator import simulate

_ITEMS, _SUGGESTIONS = 9, 6
_SESSIONS = 1000


class Demo:
    """The page and what it asks for, as pages of a `RestServer`.

    Args:
        server: Its model must read sessions.

    Raises:
        InputError: If it does not.
    """

    def __init__(self, server: ModelServer) -> None:
        self._scorer = SessionScorer(_Served(server), MemorySessions(_SESSIONS))
        html = resources.files("intent_tf.serving").joinpath("demo.html").read_bytes()
        catalogue = json.dumps(_catalogue(), ensure_ascii=False).encode()
        self.pages: Mapping[tuple[str, str], Page] = {
            ("GET", "/demo"): lambda body: ("text/html; charset=utf-8", html),
            ("GET", "/demo/catalogue"): lambda body: ("application/json", catalogue),
            ("POST", "/demo/event"): lambda body: (
                "application/json",
                json.dumps(self._event(body)).encode(),
            ),
        }

    def _event(self, body: bytes) -> dict[str, Any]:
        try:
            request = json.loads(body)
            session_id, event = str(request["session"]), dict(request["event"])
        except (ValueError, TypeError, KeyError) as error:
            raise InputError("the request is not usable", expected='{"session": ID, "event": {…}}') from error
        probability = self._scorer.add(session_id, event)
        drivers = [
            {"event_type": event.event_type, "what": event.query or event.text, "change": change}
            for event, change in self._scorer.drivers(session_id)
        ]
        return {"probability": probability, "drivers": drivers}


class _Served:
    """The newest version of a server's model, as a session scorer asks it."""

    def __init__(self, server: ModelServer) -> None:
        self._server = server

    @property
    def specification(self) -> FeatureSpecification:
        with self._server.use(self._server.name) as loaded:
            return specification_of(self._server.signature(loaded)[1])

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        with self._server.use(self._server.name) as loaded:
            columns = padded(raw_columns(rows, self.specification))
            arrays = {name: values.numpy() for name, values in columns.items()}
            return self._server.run(loaded, arrays, "serving_default")["intent_strength"]


def _catalogue() -> dict[str, Any]:
    """Choose a few things of the simulated shop: items of every price, departments and searches."""
    log = simulate(400, seed=1)
    log = log[log["text"].map(str.isascii) & log["query"].map(str.isascii)]
    items = log[log["price"].notna()].drop_duplicates("item_id").sort_values("price")
    chosen = items.iloc[np.linspace(0, len(items) - 1, _ITEMS).round().astype(int)]
    return {
        "items": chosen[["item_id", "text", "price"]].to_dict("records"),
        "departments": _commonest(log.loc[log["event_type"] == "browse", "text"]),
        "searches": _commonest(log.loc[log["event_type"] == "search", "query"]),
    }


def _commonest(texts: pd.Series) -> list[str]:
    return texts[texts != ""].value_counts().index[:_SUGGESTIONS].tolist()
