"""The stand-in for TF Serving: its REST API as an ASGI application; needs the extra ``serving``."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import tensorflow as tf
from google.protobuf import json_format
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from intent_tf.errors import InputError
from intent_tf.serving.model_versions import LoadedVersion, ModelVersions
from intent_tf.serving.rest_examples import to_examples
from intent_tf.serving.rest_json import to_answer, to_columns, to_tensors
from intent_tf.serving.served_model import ServedModel

_PATH = re.compile(
    r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>\d{1,18})|/labels/(?P<label>[^/:]+))?"
    r"((?P<metadata>/metadata)|:(?P<api>predict|classify|regress))?"
)


def rest_app(versions: ModelVersions, poll: float = 1.0, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Make the application: predict, classify, regress, status and metadata of one model.

    Each request runs the SavedModel by itself; there are neither batches nor limits nor authentication.

    Args:
        versions: The model.
        poll: Seconds between two looks for new versions.
        routes: Further pages.
    """

    @asynccontextmanager
    async def watching(app: Starlette) -> AsyncIterator[None]:
        watch = asyncio.create_task(_watch(versions, poll))
        yield
        watch.cancel()

    async def answer(request: Request) -> Response:
        path, body = f"/{request.path_params['path']}", await request.body()
        return to_json(await run_in_threadpool(_answer, versions, request.method, path, body))

    return Starlette(
        routes=[*routes, Route("/{path:path}", answer, methods=["GET", "POST"])],
        exception_handlers={InputError: _refusal, HTTPException: _refusal, ClientDisconnect: _refusal},
        lifespan=watching,
    )


def to_json(content: object, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(json.dumps(content), status, media_type="application/json")


def read_object(body: bytes) -> dict[str, Any]:
    """Read the JSON object of a request.

    Raises:
        InputError: If the body is none.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the body is no JSON ({error})") from error
    if not isinstance(document, dict):
        raise InputError("the body is no JSON object")
    return document


async def _watch(versions: ModelVersions, poll: float) -> None:
    while True:
        await asyncio.sleep(poll)
        with suppress(OSError):  # a folder that cannot be read now may be readable later
            await run_in_threadpool(versions.refresh)


def _refusal(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return to_json({"error": error.detail}, error.status_code)
    return to_json({"error": str(error)}, 400)


def _answer(versions: ModelVersions, method: str, path: str, body: bytes) -> dict[str, Any]:
    match, loaded = _PATH.fullmatch(path), versions.current
    if match is None or (method == "POST") != bool(match["api"]):
        raise HTTPException(404, f"no {method} at {path}; the model is at /v1/models/{versions.name}")
    if match["name"] != versions.name:
        raise HTTPException(404, f"no model {match['name']!r}; this server has {versions.name!r}")
    if match["label"]:
        raise HTTPException(501, f"no label {match['label']!r}: labels are set in TF Serving's configuration")
    if match["version"] and int(match["version"]) != loaded.number:
        raise HTTPException(404, f"version {match['version']} is not loaded; {loaded.number} is")
    if match["metadata"]:
        return _metadata(versions.name, loaded)
    if not match["api"]:
        states = {**versions.failed, loaded.number: ""}
        return {"model_version_status": [_status(*state) for state in sorted(states.items(), reverse=True)]}
    return _run(loaded.model, read_object(body), match["api"])


def _status(number: int, error: str) -> dict[str, Any]:
    status = {"error_code": "UNKNOWN" if error else "OK", "error_message": error}
    return {"version": str(number), "state": "END" if error else "AVAILABLE", "status": status}


def _metadata(name: str, loaded: LoadedVersion) -> dict[str, Any]:
    signatures = {
        key: json_format.MessageToDict(
            signature, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        for key, signature in loaded.model.signatures.items()
    }
    return {
        "model_spec": {"name": name, "signature_name": "", "version": str(loaded.number)},
        "metadata": {"signature_def": {"signature_def": signatures}},
    }


def _run(model: ServedModel, document: dict[str, Any], api: str) -> dict[str, Any]:
    """Answer a request for ``predict``, ``classify`` or ``regress``."""
    name = str(document.get("signature_name") or "serving_default")
    if name not in model.signatures:
        raise InputError(f"no signature {name!r}", expected=", ".join(model.signatures))
    signature, by_row = model.signatures[name], False
    if api == "predict":
        inputs, by_row = to_tensors(document, signature)
    elif signature.method_name != f"tensorflow/serving/{api}":
        raise InputError(f"the signature {name!r} is for {signature.method_name}, not for {api}")
    elif "context" in document:
        raise HTTPException(501, "the stand-in takes no 'context': write its features into each example")
    else:
        inputs = {"inputs": to_examples(document)}
    try:
        outputs = model.run(inputs, name)
    except (tf.errors.InvalidArgumentError, tf.errors.DataLossError) as error:
        # Behind where it happened, what happened; then the node.
        cause = error.message.partition("[[{{node")[0].rstrip().splitlines()[-1].strip()
        raise InputError(f"the model refuses the inputs ({cause})") from error
    if api == "predict":
        return to_answer(outputs, by_row)
    columns = to_columns(outputs)
    if api == "regress":
        return {"results": columns["outputs"]}
    rows = zip(columns["classes"], columns["scores"], strict=True)
    return {"results": [[*zip(*row, strict=True)] for row in rows]}
