"""Asks a model that is served elsewhere: raw columns there, probabilities back."""

import asyncio
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.data.set_format import SetFormat
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.models.outputs import STRENGTH
from intent_tf.serving.deadline import Deadline
from intent_tf.serving.rest_json import finite
from intent_tf.serving.rest_transport import RestTransport
from intent_tf.serving.served_model import specification_of
from intent_tf.serving.serving_error import RequestTooLargeError, ServingError, masked
from intent_tf.serving.specification_signature import NAME, REQUEST, read_specification

_Answer = TypeVar("_Answer")
_Rows = pd.DataFrame | Mapping[str, Sequence[Any]]
_SIGNATURE = "serving_default"
_FIRST_WAIT = 0.1
_LISTS = (list, tuple, np.ndarray)


class Transport(Protocol):
    """A way to a model.

    Its methods raise `ConnectionError` where it is worth to ask again, `TimeoutError` at the deadline,
    `RequestTooLargeError` where fewer rows may do, and else `ServingError`.
    """

    def signatures(self, deadline: Deadline) -> dict[str, meta_graph_pb2.SignatureDef]:
        """Ask for the signatures of the model."""
        ...

    def predict(self, columns: Mapping[str, Any], signature: str, deadline: Deadline) -> dict[str, Any]:
        """Run a signature."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class _Model(NamedTuple):
    """What a model says of itself."""

    specification: FeatureSpecification
    inputs: frozenset[str]
    outputs: tuple[str, ...]
    is_of_0_1: bool


class Client:
    """A model behind TF Serving's REST or gRPC API, or behind ``python -m intent_tf.serve``.

    Requests are checked against the model's own signature before they are sent, and answers before they are
    returned: a probability a row. Large tables are sent in batches, of fewer rows where the server takes no
    request so large. A server that is away or busy is asked again, after 0.1 s and then twice as long each
    time, give or take half; one that refuses, fails or takes too long is not. Threads may share a client.

    Args:
        url: ``http://HOST:8501/v1/models/NAME`` for REST, ``grpc://HOST:8500/NAME`` for gRPC (with the extra
            ``serving``); with ``/versions/V`` or ``/labels/LABEL`` behind it for one version, and for REST
            with ``USER:PASSWORD@`` before the host for a proxy that asks for them.
        timeout: Seconds for a call, all attempts and batches together; a table of several batches has as many
            times these. Default 10.
        retries: Times that a server that is away or busy is asked again. Default 3.
        batch_size: Rows a request at most. Default 256.

    Raises:
        InputError: If the URL is not of one of these forms.

    Example:
        >>> client = Client("http://localhost:8501/v1/models/shop")
        >>> client.predict(frame)  # doctest: +SKIP
        array([0.0183, 0.7421], dtype=float32)
        >>> await client.predict_async(frame)  # doctest: +SKIP
        array([0.0183, 0.7421], dtype=float32)
    """

    def __init__(self, url: str, *, timeout: float = 10.0, retries: int = 3, batch_size: int = 256) -> None:
        self.url, self.timeout, self.retries, self.batch_size = masked(url), timeout, retries, batch_size
        self._model: _Model | None = None
        try:
            self._transport = _transport(url)
        except ValueError:
            raise InputError(
                "is no model's URL",
                file=self.url,
                expected="http://HOST:8501/v1/models/NAME or grpc://HOST:8500/NAME",
            ) from None  # its message may hold a password

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    @property
    def specification(self) -> FeatureSpecification:
        """The raw columns that the model takes, as it says itself."""
        return self._described(Deadline(self.timeout)).specification

    def predict(self, rows: _Rows, *, batch_size: int | None = None) -> np.ndarray:
        """Ask for the intent strengths of rows, float32 ``(rows,)``.

        Args:
            rows: The raw columns, as a table or as a sequence a column; further columns are not sent.
            batch_size: Rows a request at most, if other than the client's.

        Raises:
            InputError: If a column is missing, or a value does not fit it.
            ServingError: If the server cannot be reached, takes too long, refuses, fails, or does not answer
                with a probability a row.
        """
        outputs = self.outputs(rows, batch_size=batch_size)
        if STRENGTH not in outputs:
            raise ServingError(f"the model has no output {STRENGTH!r}", file=self.url)
        return outputs[STRENGTH]

    async def predict_async(self, rows: _Rows, *, batch_size: int | None = None) -> np.ndarray:
        """Do as `predict` does, on a thread of the event loop's pool, while the loop goes on."""
        return await asyncio.to_thread(self.predict, rows, batch_size=batch_size)

    def outputs(self, rows: _Rows, *, batch_size: int | None = None) -> dict[str, np.ndarray]:
        """Ask for all outputs, as `predict` does: the probability, and what else the signature states."""
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
        size = batch_size or self.batch_size
        deadline = Deadline(self.timeout * max(1, math.ceil(len(frame) / size)))
        names = self._described(deadline).outputs
        batches = [frame.iloc[start : start + size] for start in range(0, len(frame), size)]
        answers = [self._batch(batch, deadline) for batch in batches]
        nothing = dict.fromkeys(names, np.zeros(0, np.float32))
        return {name: np.concatenate([answer[name] for answer in answers or [nothing]]) for name in names}

    def _described(self, deadline: Deadline) -> _Model:
        if self._model is None:
            signatures = self._patiently(lambda: self._transport.signatures(deadline), deadline)
            if _SIGNATURE not in signatures:
                raise ServingError(f"the model has no signature {_SIGNATURE!r}", file=self.url)
            signature, tells = signatures[_SIGNATURE], NAME in signatures
            specification = self._told(deadline) if tells else specification_of(signature)
            outputs = tuple(signature.outputs)
            self._model = _Model(specification, frozenset(signature.inputs), outputs, not tells)
        return self._model

    def _told(self, deadline: Deadline) -> FeatureSpecification:
        columns = {REQUEST: np.array([b""])}
        answer = self._patiently(lambda: self._transport.predict(columns, NAME, deadline), deadline)
        try:
            [[specification]] = answer.values()
            return read_specification(specification)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ServingError(f"the model does not tell its columns ({error})", file=self.url) from error

    def _batch(self, frame: pd.DataFrame, deadline: Deadline) -> dict[str, np.ndarray]:
        model = self._described(deadline)
        columns = padded(raw_columns(frame, model.specification))
        _check_texts(frame, model.specification)
        # Models of version 0.1 take no lengths, and know no missing number but NaN.
        arrays = {
            name: _with_an_entry(each.numpy()) for name, each in columns.items() if name in model.inputs
        }
        arrays = arrays if model.is_of_0_1 else finite(arrays)
        try:
            answer = self._patiently(lambda: self._transport.predict(arrays, _SIGNATURE, deadline), deadline)
        except RequestTooLargeError:
            if len(frame) == 1:
                raise
            halves = np.array_split(np.arange(len(frame)), 2)
            answers = [self._batch(frame.iloc[half], deadline) for half in halves]
            return {name: np.concatenate([each[name] for each in answers]) for name in model.outputs}
        except ServingError:
            self._model = None  # another version may have taken over, with other columns
            raise
        return {name: self._checked(answer, name, len(frame)) for name in model.outputs}

    def _checked(self, answer: Mapping[str, Any], name: str, rows: int) -> np.ndarray:
        try:
            values = np.asarray(answer[name if name in answer else ""], np.float32)
        except (KeyError, ValueError, TypeError) as error:
            raise ServingError(f"the answer holds no numbers {name!r}", file=self.url) from error
        if values.shape[:1] != (rows,):
            raise ServingError(
                f"the answer holds {name!r} of shape {values.shape}", expected=f"{rows} rows", file=self.url
            )
        wrong = values[~((values >= 0) & (values <= 1))]
        if wrong.size:
            raise ServingError(
                f"the answer holds {wrong.flat[0]} as {name!r}", expected="numbers in [0, 1]", file=self.url
            )
        return values

    def _patiently(self, ask: Callable[[], _Answer], deadline: Deadline) -> _Answer:
        try:
            for attempt in range(self.retries + 1):
                try:
                    return ask()
                except ConnectionError as error:
                    if attempt == self.retries:
                        raise ServingError(
                            f"no answer after {attempt + 1} attempts ({error})",
                            file=self.url,
                            remedy="is the server running? python -m intent_tf.serve MODEL starts one here",
                        ) from error
                    # Clients that lost their server together must not come back together.
                    wait = _FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.5)
                    time.sleep(min(wait, deadline.left()))
            raise AssertionError
        except TimeoutError as error:
            raise ServingError(f"no answer within {deadline.seconds:g} s", file=self.url) from error


def _transport(url: str) -> Transport:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "grpc") or not parts.hostname or not parts.path.strip("/"):
        raise ValueError
    if parts.scheme != "grpc":
        return RestTransport(url)
    from intent_tf.serving.grpc_transport import GrpcTransport  # gRPC takes a second to import

    return GrpcTransport(url)


def _with_an_entry(values: np.ndarray) -> np.ndarray:
    """Give sequences that are all empty one entry each, which no length counts.

    TF Serving pads a request with its own first entry, and refuses all of a batch in which one has none.
    """
    if values.size or values.ndim < 2:
        return values
    return np.full((len(values), 1), b"" if values.dtype == object else np.nan, values.dtype)


def _check_texts(frame: pd.DataFrame, specification: FeatureSpecification) -> None:
    """Refuse what is no text where one belongs: else it would be sent as Python spells it."""
    for column in specification.columns:
        if column.values != "string":
            continue
        takes_lists = column.is_list or isinstance(column.written, SetFormat)
        for row, value in frame[column.name].items():
            entries = value if takes_lists and isinstance(value, _LISTS) else [value]
            wrong = [each for each in entries if isinstance(each, (*_LISTS, dict, set, bytes))]
            if wrong:
                raise InputError(
                    f"found {str(wrong[0])[:80]} where a text belongs", row=row, column=column.name
                )
