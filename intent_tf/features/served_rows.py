"""Training rows whose batches are made by input workers, processes of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import tensorflow as tf

from intent_tf.data.augmentation import Augmentation
from intent_tf.data.served_batches import served_batches, wait_for_dispatcher
from intent_tf.data.shard import Shard
from intent_tf.errors import InputError
from intent_tf.features.prepared import PreparedData
from intent_tf.features.rows import Rows, endless
from intent_tf.features.streamed_rows import StreamedRows

#: Bytes of a message that TensorFlow can send, less some for what is beside the rows.
_MOST = 2**31 - 2**24


@dataclass(frozen=True, kw_only=True)
class ServedRows(Rows):
    """Rows in memory of which a `tf.data` service makes the batches: the same ones, in the same order.

    Every process that trains ships its share of the work to the service, with the rows' features.

    Args:
        service: The dispatcher, ``grpc://host:port``.
    """

    service: str

    def shuffled_batches(
        self, batch_size: int, seed: int, first_epoch: int = 0, augmentation: Augmentation | None = None,
        *, first_batch: int = 0, shard: Shard = Shard(), by_length: bool = False,  # noqa: B008  immutable
    ) -> tf.data.Dataset:  # fmt: skip
        """Endless epochs; see `Rows.shuffled_batches`."""

        def make(numbers: tf.data.Dataset) -> tf.data.Dataset:
            return self.numbered_batches(
                numbers, batch_size, seed, augmentation, shard=shard, by_length=by_length
            )

        first = first_epoch * -(-len(self) // batch_size) + first_batch
        return endless(served_batches(make, first, self.service, shard.replicas)).prefetch(tf.data.AUTOTUNE)


def serve_training_rows(data: PreparedData, service: str, timeout: float = 300.0) -> PreparedData:
    """Let input workers make the batches of the training rows.

    Args:
        data: With its training rows in memory.
        service: The dispatcher, ``grpc://host:port``.
        timeout: Seconds to wait for it.

    Raises:
        InputError: If the rows cannot be shipped, or the service cannot be reached.
    """
    train = data.train
    if isinstance(train, StreamedRows):
        raise InputError(
            "the rows are streamed: Python reads them, which an input worker does not run",
            remedy="leave --input-service out, or hold all rows in memory with a larger --memory-rows",
        )
    size = sum(
        part.dtype.size * int(tf.size(part))
        for part in tf.nest.flatten(train.features, expand_composites=True)
    )
    if size > _MOST:
        raise InputError(
            f"the rows' features take {size / 1e9:.1f} GB",
            expected=f"at most {_MOST / 1e9:.1f} GB, which is what can be sent to an input worker",
            remedy="leave --input-service out",
        )
    wait_for_dispatcher(service, timeout)
    rows = ServedRows(train.frame, train.features, train.label, train.weight, train.grade, service=service)
    return replace(data, train=rows)
