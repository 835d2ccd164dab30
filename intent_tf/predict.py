"""`python -m intent_tf.predict MODEL --data FILE --out FILE`: the probability of every row of a table."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
from tqdm import tqdm

from intent_tf.data.csv_files import Rejected
from intent_tf.data.tables import existing_file, stream_table, table_format, write_table
from intent_tf.errors import InputError
from intent_tf.options.command_line import parse_configuration, run_verb
from intent_tf.serving.client import Client
from intent_tf.serving.export import OUTPUT
from intent_tf.serving.loading import load_model


@dataclass(frozen=True)
class PredictConfig:
    """Prediction.

    Args:
        data: Table with the model's raw columns: .csv, .tsv, .jsonl or .parquet; may exceed memory.
        out: File to write: the same rows with a column intent_strength.
        batch_size: Rows computed at once.
        trust: Run the graph of a SavedModel that somebody else made, where the model's encoder is one.
        quiet: Print the last line only.
    """

    data: str = ""
    out: str = ""
    batch_size: int = 4096
    trust: bool = False
    quiet: bool = False

    def __post_init__(self) -> None:
        for name in ("data", "out"):
            if not getattr(self, name):
                raise InputError(f"--{name} is not given", expected=f"--{name} FILE")


def predict_file(model_path: str | Path, config: PredictConfig) -> int:
    """Score a table chunk by chunk, in memory that does not grow with the table.

    Args:
        model_path: A version folder, a folder of versions, a ``.keras`` file, or the URL of a served model
            (see `intent_tf.serving.Client`).
        config: What to read and write.

    Returns:
        Rows written. Rows that cannot be read are written to ``<out>.rejected.csv``.

    Raises:
        InputError: If a file, a column or a value is not usable; no half-written file stays.
    """
    if "://" in str(model_path):
        score = Client(str(model_path)).predict  # in batches that a server takes
    else:
        model = load_model(model_path, trust=config.trust)
        score = functools.partial(model.predict, batch_size=config.batch_size)
    source, out = existing_file(config.data), Path(config.out)
    table_format(out)
    rejected, rows = Rejected(str(source)), 0
    partial = out.with_name(f"writing-{out.name}")
    started = time.perf_counter()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _Writer(partial) as writer, tqdm(unit=" rows", disable=config.quiet, desc="predicting") as bar:
            for chunk in stream_table(source, rejected):
                try:
                    probability = score(chunk)
                except InputError as error:
                    raise InputError(f"{error} (rows counted from row {rows + 1})", file=source) from error
                writer.write(chunk.assign(**{OUTPUT: probability}))
                rows += len(chunk)
                bar.update(len(chunk))
        partial.replace(out)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=out) from error
    finally:
        partial.unlink(missing_ok=True)
    if not rows:
        out.unlink(missing_ok=True)
        raise InputError("the table has no rows", file=source, expected="at least one row of data")
    seconds = time.perf_counter() - started
    if rejected.rows:
        rejected_file = out.with_name(out.name + ".rejected.csv")
        rejected.write(rejected_file)
        print(f"{len(rejected.rows)} rows cannot be read; they are in {rejected_file}")
    if not config.quiet:
        print(f"{rows:,} rows in {seconds:.1f} s: {rows / seconds:,.0f} rows/s")
    print(out)
    return rows


class _Writer:
    """Appends chunks to a table file of any format."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parquet: pa.parquet.ParquetWriter | None = None
        self.begun = False

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        if self.parquet is not None:
            self.parquet.close()

    def write(self, frame: pd.DataFrame) -> None:
        if table_format(self.path) != "parquet":
            write_table(frame, self.path, append=self.begun)
            self.begun = True
            return
        table = pa.Table.from_pandas(frame, preserve_index=False)
        if self.parquet is None:
            self.parquet = pa.parquet.ParquetWriter(self.path, table.schema)
        self.parquet.write_table(table.cast(self.parquet.schema))


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and predict."""
    (config,), positional = parse_configuration(
        "predict",
        __doc__ or "",
        (PredictConfig,),
        arguments,
        {"model": "folder that `train` wrote, or URL of a served model"},
    )
    predict_file(positional.model, config)


if __name__ == "__main__":
    run_verb(main)
