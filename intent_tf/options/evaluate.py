"""Evaluation on a labelled table."""

from dataclasses import dataclass, field

from intent_tf.errors import InputError
from intent_tf.options.input_file import LOG, ROWS
from intent_tf.options.log_reading import LogReading


@dataclass(frozen=True)
class EvaluateConfig(LogReading):
    """Evaluation.

    Args:
        data: Labelled table with the model's raw columns: .csv, .tsv, .jsonl or .parquet, or a folder of
            .parquet files, such as prepare wrote. Or a .tfrecord file of TF Serving's logs of requests, which
            have no labels.
        events: Event log instead, of which examples are made as train makes them.
        label: Label column; the one that the model was trained on, unless given.
        positive: Label values that count as a purchase, or a comparison ('>0'); those of the training, unless
            given.
        weight: Column of positive sample weights; the one of the training, unless given.
        threshold: Probability from which on a purchase is predicted, in [0, 1]; the model's, unless given.
        time: Column that tells when, for the calibration by week; of events their prediction_time.
        unlabelled: The rows have no labels yet: only the drift since training is evaluated.
        out: JSON file to write the metrics to.
        trust: Run the graph of a SavedModel that somebody else made, where the model's encoder is one.
    """

    data: str = field(default="", metadata=ROWS)
    events: str = field(default="", metadata=LOG)
    label: str | None = None
    positive: tuple[str, ...] | None = None
    weight: str | None = None
    threshold: float | None = None
    time: str | None = None
    unlabelled: bool = False
    out: str | None = None
    trust: bool = False

    def __post_init__(self) -> None:
        if bool(self.data) == bool(self.events):
            found = "--data is not given" if not self.data else "--data and --events are both given"
            raise InputError(found, expected="--data FILE, or --events LOG")
