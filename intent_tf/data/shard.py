"""Which rows of every batch a process reads, when several devices or machines share the work."""

from typing import Any, NamedTuple

import tensorflow as tf


class Shard(NamedTuple):
    """The replicas that one input pipeline feeds, of all replicas that train together.

    Every pipeline lists the same batches, in the same order, and takes each replica's rows out of each: row
    ``i`` of a batch belongs to replica ``i mod total``. So no row is read twice or lost, a batch holds the
    same rows however many replicas share it, and shares differ by one row at most, also in the last batch
    of an epoch. A replica may get no row at all; it takes part in the step all the same.

    Args:
        first: The first replica that this pipeline feeds, from 0.
        replicas: How many it feeds.
        total: Replicas of all pipelines.

    Example:
        >>> batches = tf.data.Dataset.range(7).batch(4)
        >>> [rows.tolist() for rows in Shard(1, 1, total=2).split(batches).as_numpy_iterator()]
        [[1, 3], [5]]
    """

    first: int = 0
    replicas: int = 1
    total: int = 1

    def split(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        """Split batches of rows, or of their numbers, into one element for each replica of the shard.

        Args:
            batches: Of tensors (ragged or not) ``(rows, …)``, or tuples and mappings of them.
        """
        if self.total == 1:
            return batches
        replicas = tf.data.Dataset.range(self.first, self.first + self.replicas)

        def parts(*batch: Any) -> tf.data.Dataset:
            whole = batch if len(batch) > 1 else batch[0]

            def part(replica: tf.Tensor) -> Any:
                return tf.nest.map_structure(lambda rows: rows[replica :: self.total], whole)

            return replicas.map(part)

        return batches.flat_map(parts)

    def split_numbered(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        """Split as `split` does, and number the elements: batch ``n`` makes those from ``n · replicas`` on.

        Args:
            batches: Pairs of a batch's number and its rows' numbers ``(rows,)``.

        Returns:
            Pairs of an element's number and its rows' numbers.
        """
        replicas = tf.data.Dataset.range(self.replicas)

        def parts(number: tf.Tensor, rows: tf.Tensor) -> tf.data.Dataset:
            return replicas.map(
                lambda index: (number * self.replicas + index, rows[self.first + index :: self.total])
            )

        return batches.flat_map(parts)

    def share(self, element: tf.Tensor) -> tf.Tensor:
        """Give an element of the shard a number among those of all pipelines, to seed changes of its rows."""
        batch, replica = element // self.replicas, element % self.replicas
        return batch * self.total + self.first + replica
