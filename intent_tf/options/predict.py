"""Prediction of tables."""

from dataclasses import dataclass, field
from typing import Literal

from intent_tf.errors import InputError
from intent_tf.options.checked import Checked, Count
from intent_tf.options.input_file import LOG, ROWS
from intent_tf.options.log_reading import LogReading


@dataclass(frozen=True)
class PredictConfig(LogReading, Checked):
    """Prediction.

    Args:
        data: Table with the model's raw columns: .csv, .tsv, .jsonl or .parquet, or a folder of .parquet
            files, such as prepare wrote; may exceed memory.
        events: Event log instead, of which examples are made as train makes them.
        out: File to write: the same rows, with one more column; with Spark a folder.
        name: Name of that column.
        batch_size: Number of rows computed at once; by default 4096, of an encoder 64, and 256 a request.
        trust: Run the graph of a SavedModel that somebody else made, where the model's encoder is one.
        engine: What scores: "local" is this process, on all cores; "spark" makes of Parquet files a folder of
            them, on a cluster whose machines see model, data and out at the same paths.
        spark_master: Where Spark runs, such as spark://host:7077; local[*,4] tries a task four times at most.
        quiet: Print the last line only.
    """

    data: str = field(default="", metadata=ROWS)
    events: str = field(default="", metadata=LOG)
    out: str = ""
    name: str = "intent_strength"
    batch_size: Count | None = None
    trust: bool = False
    engine: Literal["local", "spark"] = "local"
    spark_master: str = "local[*,4]"
    quiet: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.data) == bool(self.events):
            found = "--data is not given" if not self.data else "--data and --events are both given"
            raise InputError(found, expected="--data FILE, or --events LOG")
        if not self.out:
            raise InputError("--out is not given", expected="--out FILE")
        if self.engine == "spark" and self.events:
            raise InputError(
                "--engine spark and --events are both given",
                remedy="make examples of the log first: python -m intent_tf.prepare --engine spark",
            )
