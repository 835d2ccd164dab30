"""How an event log is made into examples, and where they go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class PrepareConfig:
    """The run.

    Args:
        out: Folder for the examples, their manifest and the rows rejected.
        overwrite: Replace the folder if an earlier run wrote it.
        adapter: Known publisher of the log (dmc2013, ga4, otto, rees46, retailrocket, taobao, yoochoose).
        names: Columns of a CSV file without a header line.
        engine: What runs the SQL; the rows are the same.
        spark_master: Where Spark runs, such as local[2] or spark://host:7077.
        memory: Most memory of DuckDB before it spills to disk.
        threads: Threads of DuckDB; all cores by default.
        quiet: Print the last line only.
    """

    out: str = "examples"
    overwrite: bool = False
    adapter: str | None = None
    names: tuple[str, ...] = ()
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_master: str = "local[*]"
    memory: str = "3GB"
    threads: int | None = None
    quiet: bool = False
