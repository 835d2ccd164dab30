"""Prediction of tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from intent_tf.errors import InputError
from intent_tf.options.input_file import INPUT_FILE


@dataclass(frozen=True)
class PredictConfig:
    """Prediction.

    Args:
        data: Table with the model's raw columns: .csv, .tsv, .jsonl or .parquet; may exceed memory.
        out: File to write: the same rows with a column intent_strength.
        batch_size: Number of rows computed at once; by default 4096, of an encoder 64, and 256 a request.
        trust: Run the graph of a SavedModel that somebody else made, where the model's encoder is one.
        quiet: Print the last line only.
    """

    data: str = field(default="", metadata=INPUT_FILE)
    out: str = ""
    batch_size: int | None = None
    trust: bool = False
    quiet: bool = False

    def __post_init__(self) -> None:
        for name in ("data", "out"):
            if not getattr(self, name):
                raise InputError(f"--{name} is not given", expected=f"--{name} FILE")
        if self.batch_size is not None and self.batch_size < 1:
            raise InputError(f"batch_size is {self.batch_size}", expected="1 or more")
