"""How an event log is made into examples, and where they go."""

from dataclasses import dataclass, field
from typing import Literal

from intent_tf.options.input_file import ENCODING
from intent_tf.options.log_reading import AdapterName


@dataclass(frozen=True)
class PrepareConfig:
    """The run.

    Args:
        out: Folder for the examples, their manifest and the rows rejected.
        overwrite: Replace the examples that an earlier run wrote to the folder; other files in it stay.
        adapter: Known publisher of the log.
        names: Columns of a CSV file without a header line.
        encoding: Encoding of text files, such as cp1252; found by default.
        purchases: File, folder or pattern of purchases that lie beside the log, with the same columns.
        engine: What runs the SQL; the rows are the same.
        spark_master: Where Spark runs, such as local[2] or spark://host:7077.
        memory: Most memory of DuckDB before it spills to disk.
        threads: Threads of DuckDB; all cores by default.
        quiet: Print the last line only.
    """

    out: str = "examples"
    overwrite: bool = False
    adapter: AdapterName | None = None
    names: tuple[str, ...] = ()
    encoding: str | None = field(default=None, metadata=ENCODING)
    purchases: str = ""
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_master: str = "local[*]"
    memory: str = "3GB"
    threads: int | None = None
    quiet: bool = False
