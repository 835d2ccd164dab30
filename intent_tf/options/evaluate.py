"""Evaluation on a labelled table."""

from __future__ import annotations

from dataclasses import dataclass, field

from intent_tf.errors import InputError
from intent_tf.options.input_file import INPUT_FILE


@dataclass(frozen=True)
class EvaluateConfig:
    """Evaluation.

    Args:
        data: Labelled table with the model's raw columns: .csv, .tsv, .jsonl or .parquet.
        label: Label column; the one that the model was trained on, unless given.
        positive: Label value that counts as a purchase; the one of the training, unless given.
        threshold: Probability from which on a purchase is predicted, in [0, 1]; the model's, unless given.
        out: JSON file to write the metrics to.
        trust: Run the graph of a SavedModel that somebody else made, where the model's encoder is one.
    """

    data: str = field(default="", metadata=INPUT_FILE)
    label: str | None = None
    positive: str | None = None
    threshold: float | None = None
    out: str | None = None
    trust: bool = False

    def __post_init__(self) -> None:
        if not self.data:
            raise InputError("--data is not given", expected="--data FILE")
