"""Moves the raw columns of a chunk of a table into tensors, past pandas where its types allow that."""

from intent_tf.columns.raw_columns import RawColumns, column_tensor, with_lengths
from intent_tf.data.arrow_tensors import arrow_tensor, is_plain
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.tables import Chunk


def chunk_columns(chunk: Chunk, specification: FeatureSpecification, *, file: object = None) -> RawColumns:
    """Move the feature columns of a chunk into tensors: those that `raw_columns` makes of its frame, sooner.

    Args:
        chunk: Rows with all feature columns.
        specification: Which columns, of what kind.
        file: Where the table came from, for error messages.

    Raises:
        InputError: If a value does not fit its kind (with its row).
    """
    plain: RawColumns = {}
    if not isinstance(chunk.rows, list):
        table = chunk.table([column.name for column in specification.columns])
        for column in specification.columns:
            if is_plain(table.schema.field(column.name).type, column):
                plain[column.name] = arrow_tensor(table[column.name].combine_chunks(), column)
    others = [column for column in specification.columns if column.name not in plain]
    frame = chunk.frame([column.name for column in others])
    tensors = plain | {each.name: column_tensor(frame[each.name], each, file=file) for each in others}
    return with_lengths({each.name: tensors[each.name] for each in specification.columns}, specification)
