"""Asks a model that is served elsewhere: raw columns there, probabilities back."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.data.set_format import SetFormat
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.serving.rest_json import finite
from intent_tf.serving.rest_transport import RestTransport
from intent_tf.serving.served_model import specification_of
from intent_tf.serving.serving_error import ServingError
from intent_tf.serving.specification_signature import NAME, REQUEST, read_specification

_Answer = TypeVar("_Answer")
_FIRST_WAIT = 0.1
_LISTS = (list, tuple, np.ndarray)


class Transport(Protocol):
    """A way to a model; raises `ConnectionError` where it is worth to try again."""

    def signatures(self) -> dict[str, meta_graph_pb2.SignatureDef]:
        """Ask for the signatures of the model."""
        ...

    def predict(self, columns: Mapping[str, Any], signature: str) -> dict[str, np.ndarray]:
        """Run a signature."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Client:
    """A model behind TF Serving's REST or gRPC API, or behind ``python -m intent_tf.serve``.

    Requests are checked against the model's own signature before they are sent, large tables are sent in
    batches, and a server that is away or busy is asked again, after 0.1 s and then twice as long each time,
    give or take half. Threads may share a client.

    Args:
        url: ``http://HOST:8501/v1/models/NAME`` for REST, ``grpc://HOST:8500/NAME`` for gRPC (with the extra
            ``serving``); with ``/versions/V`` behind it for one version.
        timeout: Seconds for an answer. Default 10.
        retries: Times that a server that is away or busy is asked again. Default 3.
        batch_size: Rows a request at most. Default 256.

    Raises:
        InputError: If the URL is not of one of these forms.

    Example:
        >>> client = Client("http://localhost:8501/v1/models/shop")
        >>> client.predict(frame)  # doctest: +SKIP
        array([0.0183, 0.7421], dtype=float32)
    """

    def __init__(self, url: str, *, timeout: float = 10.0, retries: int = 3, batch_size: int = 256) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https", "grpc") or not parts.netloc or not parts.path.strip("/"):
            raise InputError(
                "is no model's URL",
                file=url,
                expected="http://HOST:8501/v1/models/NAME or grpc://HOST:8500/NAME",
            )
        self.url, self.retries, self.batch_size = url, retries, batch_size
        self._transport: Transport = RestTransport(url, timeout)
        if parts.scheme == "grpc":
            from intent_tf.serving.grpc_transport import GrpcTransport  # gRPC takes a second to import

            self._transport = GrpcTransport(url, timeout)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    @cached_property
    def specification(self) -> FeatureSpecification:
        """The raw columns that the model takes, as it says itself."""
        if NAME not in self._signatures:
            return specification_of(self._signatures["serving_default"])
        [[answer]] = self._patiently(
            lambda: self._transport.predict({REQUEST: np.array([b""])}, NAME)
        ).values()
        return read_specification(answer)

    def predict(
        self, rows: pd.DataFrame | Mapping[str, Sequence[Any]], *, batch_size: int | None = None
    ) -> np.ndarray:
        """Ask for the intent strengths of rows, float32 ``(rows,)``.

        Args:
            rows: The raw columns, as a table or as a sequence a column; further columns are not sent.
            batch_size: Rows a request at most, if other than the client's.

        Raises:
            InputError: If a column is missing, a value does not fit it, or the server refuses it.
            ServingError: If the server cannot be reached, takes too long or fails.
        """
        return self.outputs(rows, batch_size=batch_size)["intent_strength"]

    def outputs(
        self, rows: pd.DataFrame | Mapping[str, Sequence[Any]], *, batch_size: int | None = None
    ) -> dict[str, np.ndarray]:
        """Ask for all outputs, as `predict` does: the probability, and what else the signature states."""
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
        names = list(self._signatures["serving_default"].outputs)
        size = batch_size or self.batch_size
        answers = [self._batch(frame.iloc[start : start + size]) for start in range(0, len(frame), size)]
        if not answers:
            return {name: np.zeros(0, np.float32) for name in names}
        return {
            name: np.concatenate(
                [answer[name if name in answer else ""] for answer in answers], dtype=np.float32
            )
            for name in names
        }

    @cached_property
    def _signatures(self) -> dict[str, meta_graph_pb2.SignatureDef]:
        signatures = self._patiently(self._transport.signatures)
        if "serving_default" not in signatures:
            raise InputError("the model has no signature 'serving_default'", file=self.url)
        return signatures

    def _batch(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        columns = padded(raw_columns(frame, self.specification))
        _check_texts(frame, self.specification)
        # Models of version 0.1 take no lengths.
        taken = self._signatures["serving_default"].inputs
        arrays = {name: _with_an_entry(values.numpy()) for name, values in columns.items() if name in taken}
        if NAME in self._signatures:  # models of version 0.1 know no missing number but NaN
            arrays = finite(arrays)
        return self._patiently(lambda: self._transport.predict(arrays, "serving_default"))

    def _patiently(self, ask: Callable[[], _Answer]) -> _Answer:
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
                time.sleep(_FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.5))
        raise AssertionError


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
