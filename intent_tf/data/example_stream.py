"""Streams examples from Parquet files to training: more of them than fit into memory."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
import tensorflow as tf

from intent_tf.data.arrow_tensors import arrow_floats, arrow_tensor
from intent_tf.data.labels import read_labels
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.nearest import nearest


@dataclass(frozen=True)
class _Piece:
    """A row group of a file: the least that is read at once."""

    path: Path
    group: int
    rows: int


@dataclass(frozen=True)
class ExampleStream:
    """Batches of examples from the Parquet files of `prepare_examples`, in bounded memory.

    The files are read piece by piece (row groups). With a seed, the pieces of all files are put in a random
    order, a new one each epoch, and the rows of some pieces at a time are shuffled together; at most
    ``shuffle_rows`` rows and one piece are in memory. The order depends on nothing but the seed and the
    epoch, so a run can go on where it stopped.

    For a table that fits into memory, `preprocess_data` is simpler.

    Args:
        folder: A folder that `prepare_examples` wrote, or any folder of Parquet files with these columns.
        specification: The feature columns and the label, which holds numbers.
        batch_size: Number of rows in a batch; the last of an epoch may be smaller.
        seed: Seed of the order; None reads the rows as they lie.
        shuffle_rows: Number of rows that are shuffled together.
        weight: Name of the column of sample weights.
        without: By column, values whose rows are passed over, such as the users of the test rows.

    Raises:
        InputError: If there are no files, or a column is missing.

    Example:
        >>> import pandas as pd
        >>> from intent_tf.data.examples import prepare_examples
        >>> from intent_tf.data.specification import Column
        >>> log = pd.DataFrame({"user_id": "ann", "timestamp": [0, 60], "event_type": "detail"})
        >>> folder = prepare_examples(log, out=getfixture("tmp_path") / "examples").folder
        >>> elapsed = Column("elapsed", "sequence", "float", "session")
        >>> specification = FeatureSpecification((elapsed,), "purchase")
        >>> stream = ExampleStream(folder, specification, batch_size=2)
        >>> for columns, labels in stream.dataset():
        ...     print(columns["elapsed"], labels.numpy())
        <tf.RaggedTensor [[0.0], [0.0, 60.0]]> [0. 0.]
    """

    folder: str | Path
    specification: FeatureSpecification
    batch_size: int = 256
    seed: int | None = None
    shuffle_rows: int = 65_536
    weight: str | None = None
    without: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = pa.parquet.read_schema(self._pieces[0].path).names
        for name in self._names:
            if name not in columns:
                raise InputError(
                    f"the examples have no column {name!r}{nearest(name, columns)}",
                    file=self.folder,
                    expected=", ".join(columns),
                )

    @property
    def batches(self) -> int:
        """Batches an epoch: ``steps_per_epoch`` of `fit`."""
        return -(-self.rows // self.batch_size)

    @cached_property
    def rows(self) -> int:
        """Number of rows of all files, without those that are passed over."""
        return sum(piece.rows for piece in self._pieces)

    def dataset(self, epochs: int | None = 1, first_batch: int = 0) -> tf.data.Dataset:
        """Make a `tf.data.Dataset` of the batches.

        Args:
            epochs: How many; None never ends (give `fit` ``steps_per_epoch=stream.batches``).
            first_batch: Where to go on, counted over all epochs, such as the optimizer's ``iterations``;
                what comes before is passed over without reading it.

        Returns:
            A dataset of ``(columns, labels)`` or ``(columns, labels, weights)``: columns by name, float32 or
            string, of shape ``(batch,)``, sequences ragged ``(batch, events)`` (`padded` makes them dense);
            labels and weights float32 ``(batch,)``.
        """
        columns: dict[str, Any] = {}
        for column in self.specification.columns:
            dtype = tf.float32 if column.values == "float" else tf.string
            columns[column.name] = (
                tf.RaggedTensorSpec((None, None), dtype) if column.is_list else tf.TensorSpec((None,), dtype)
            )
        others = tf.TensorSpec((None,), tf.float32)
        signature = (columns, others, others) if self.weight else (columns, others)

        def batches() -> Iterator[Any]:
            first, skipped = divmod(first_batch, self.batches)
            for epoch in count(first) if epochs is None else range(first, epochs):
                yield from self._epoch(epoch, skipped if epoch == first else 0)

        return tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(2)

    @cached_property
    def _paths(self) -> list[Path]:
        return sorted(Path(self.folder).rglob("*.parquet"))

    @cached_property
    def _pieces(self) -> list[_Piece]:
        pieces = []
        for path in self._paths:
            file = pa.parquet.ParquetFile(path)
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                if self.without:
                    rows = len(self._kept(file.read_row_group(group, list(self.without))))
                pieces += [_Piece(path, group, rows)] if rows else []
        if not pieces:
            raise InputError("the folder holds no Parquet files with rows", file=self.folder)
        return pieces

    @property
    def _names(self) -> list[str]:
        names = [column.name for column in self.specification.columns] + [self.specification.label]
        return names + ([self.weight] if self.weight else [])

    def _epoch(self, epoch: int, skipped: int) -> Iterator[Any]:
        """Cut the rows of an epoch into batches, after some that are passed over."""
        start = skipped * self.batch_size
        left = self.rows - start
        waiting: pa.Table | None = None
        for table in self._tables(epoch, start):
            waiting = (table if waiting is None else pa.concat_tables([waiting, table])).slice(0, left)
            is_last = len(waiting) == left
            while len(waiting) >= self.batch_size or (is_last and len(waiting)):
                batch = waiting.slice(0, self.batch_size)
                waiting, left = waiting.slice(self.batch_size), left - len(batch)
                yield self._batch(batch.combine_chunks())
            if is_last:
                return

    def _tables(self, epoch: int, start: int) -> Iterator[pa.Table]:
        """Read the rows of an epoch in their order, from some row on."""
        for number, pool in enumerate(self._pools(epoch)):
            rows = sum(piece.rows for piece in pool)
            if start < rows:
                groups = [(pa.parquet.ParquetFile(piece.path), piece.group) for piece in pool]
                names = list(dict.fromkeys([*self._names, *self.without]))
                table = pa.concat_tables(
                    self._kept(file.read_row_group(group, names)) for file, group in groups
                )
                if self.seed is not None:
                    order = np.random.default_rng((self.seed, epoch, number)).permutation(rows)
                    table = table.take(order)
                yield table.slice(start)
            start = max(0, start - rows)

    def _kept(self, table: pa.Table) -> pa.Table:
        """Pass over the rows that are not wanted."""
        for name, values in self._unwanted.items():
            table = table.filter(pc.invert(pc.is_in(table[name], values)))
        return table

    @cached_property
    def _unwanted(self) -> dict[str, pa.Array]:
        """The values of ``without``, as each row group is compared with them."""
        schema = pa.parquet.read_schema(self._paths[0])
        return {
            name: pa.array(list(values), schema.field(name).type) for name, values in self.without.items()
        }

    def _pools(self, epoch: int) -> Iterator[list[_Piece]]:
        """Group the pieces whose rows are shuffled together."""
        if self.seed is None:
            yield from ([piece] for piece in self._pieces)
            return
        pool: list[_Piece] = []
        for index in np.random.default_rng((self.seed, epoch)).permutation(len(self._pieces)):
            pool.append(self._pieces[index])
            if sum(piece.rows for piece in pool) >= self.shuffle_rows:
                yield pool
                pool = []
        if pool:
            yield pool

    def _batch(self, table: pa.Table) -> Any:
        columns = {
            column.name: arrow_tensor(table[column.name].combine_chunks(), column)
            for column in self.specification.columns
        }
        others = [self._labels(table)]
        if self.weight:
            others.append(arrow_floats(table[self.weight].combine_chunks(), self.weight))
        return (columns, *others)

    def _labels(self, table: pa.Table) -> npt.NDArray[np.float32]:
        name, positive = self.specification.label, self.specification.positive
        values = table[name].combine_chunks()
        if positive is not None:
            return read_labels(values.to_pandas(), name, positive, self.specification.negative)
        return arrow_floats(values, name)
