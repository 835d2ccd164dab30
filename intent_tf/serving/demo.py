"""A page on which a person plays shopper and sees the probability move after each action."""

from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.serving.model_versions import ModelVersions
from intent_tf.serving.rest_app import read_object, to_json
from intent_tf.serving.session_scorer import SessionScorer
from intent_tf.serving.session_store import MemorySessions
from intent_tf.simulator.simulator import simulate

_ITEMS, _SUGGESTIONS = 9, 6
_SESSIONS = 1000


def demo_routes(versions: ModelVersions) -> list[Route]:
    """Make the page and what it asks for.

    Args:
        versions: The model; it must read sessions.

    Raises:
        InputError: If it does not.
    """
    scorer = SessionScorer(_Newest(versions), MemorySessions(_SESSIONS))
    html = resources.files("intent_tf.serving").joinpath("demo.html").read_text(encoding="utf-8")
    catalogue = _catalogue()

    async def page(request: Request) -> Response:
        return HTMLResponse(html)

    async def offers(request: Request) -> Response:
        return to_json(catalogue)

    async def event(request: Request) -> Response:
        return to_json(await run_in_threadpool(_score, scorer, read_object(await request.body())))

    return [
        Route("/demo", page),
        Route("/demo/catalogue", offers),
        Route("/demo/event", event, methods=["POST"]),
    ]


def _score(scorer: SessionScorer, request: dict[str, Any]) -> dict[str, Any]:
    try:
        session_id, event = str(request["session"]), dict(request["event"])
    except (ValueError, TypeError, KeyError) as error:
        raise InputError("the request is not usable", expected='{"session": ID, "event": {…}}') from error
    probability = scorer.add(session_id, event)
    drivers = [
        {"event_type": event.event_type, "what": event.query or event.text, "change": change}
        for event, change in scorer.drivers(session_id)
    ]
    return {"probability": probability, "drivers": drivers}


class _Newest:
    """The version that answers requests, as a session scorer asks it."""

    def __init__(self, versions: ModelVersions) -> None:
        self._versions = versions

    @property
    def specification(self) -> FeatureSpecification:
        return self._versions.current.model.specification

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        return self._versions.current.model.predict(rows)


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
