"""Scores a table chunk by chunk, several chunks at once, in memory that does not grow with the table."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from intent_tf.columns.chunk_columns import chunk_columns
from intent_tf.columns.raw_columns import RawColumns
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.tables import Chunk
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.trained_model import Scorer

#: Rows of a chunk: enough to sort them by length, so that batches hold rows of about one length.
ROWS = 16_384


class ScoredChunk(NamedTuple):
    """Some rows of a table with their raw columns and the probability of each, float32 ``(rows,)``."""

    chunk: Chunk
    columns: RawColumns
    probability: np.ndarray


def scored_chunks(
    chunks: Iterable[Chunk],
    scorer: Scorer,
    specification: FeatureSpecification,
    *,
    batch_size: int | None = None,
    file: object = None,
) -> Iterator[ScoredChunk]:
    """Score chunks in their order; a SavedModel scores as many at once as there are cores.

    Args:
        chunks: Chunks with the model's columns, read as they are needed.
        scorer: The model.
        specification: Its columns.
        batch_size: Rows computed at once; see `Scorer.predict`.
        file: Where the table came from, for messages.

    Raises:
        InputError: If a value does not fit its column.
    """
    names = [column.name for column in specification.columns]

    def scored(chunk: Chunk) -> ScoredChunk:
        columns = chunk_columns(chunk, specification, file=file)
        if isinstance(scorer, ServedModel):
            probability = scorer.predict_columns(columns, batch_size)
        else:
            probability = scorer.predict(chunk.frame(names), batch_size=batch_size)
        return ScoredChunk(chunk, columns, probability)

    # Keras' `predict` is not for several threads, and a server is asked by one.
    workers = (os.cpu_count() or 1) if isinstance(scorer, ServedModel) else 1
    waiting: deque[Future[ScoredChunk]] = deque()
    with ThreadPoolExecutor(workers) as threads:
        for chunk in chunks:
            waiting.append(threads.submit(scored, chunk))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
