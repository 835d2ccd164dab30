"""What `evaluate` tells after its figures: whether to train the model again."""

from pathlib import Path

import numpy as np
import pandas as pd

from intent_tf.columns.prediction_dates import split_times
from intent_tf.columns.watched_columns import watched_frame
from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.monitoring import FILE, Monitoring, TrainingReference, monitor
from intent_tf.options.evaluate import EvaluateConfig
from intent_tf.serving.loading import find_version
from intent_tf.serving.trained_model import TrainedModel

#: What `prepare` calls the time and the shopper of an example.
_TIME, _SHOPPER = "prediction_time", "user_id"


def monitor_rows(
    model_path: str | Path,
    model: TrainedModel,
    frame: pd.DataFrame,
    probability: np.ndarray,
    weight: np.ndarray,
    predictions: Predictions | None,
    config: EvaluateConfig,
) -> Monitoring:
    """Print drift, calibration and, as the last line, a sentence of advice.

    Raises:
        InputError: If the column that `config.time` names holds no dates.
    """
    location = find_version(model_path)
    reference = TrainingReference.read(location if location.is_dir() else location.parent)
    if reference is None:
        print(f"note: no {FILE} beside the model tells what training rows looked like, so drift is unknown")
    of_events = model.specification.session is not None
    monitoring = monitor(
        reference,
        watched_frame(frame, model.specification),
        probability,
        weight,
        predictions,
        times=_times(frame, config),
        groups=frame[_SHOPPER].astype(str) if of_events and _SHOPPER in frame.columns else None,
    )
    print(monitoring.written())
    print(monitoring.advice(model_path))
    return monitoring


def _times(frame: pd.DataFrame, config: EvaluateConfig) -> pd.Series | None:
    file = config.data or config.events
    name = config.time or (_TIME if _TIME in frame.columns else None)
    if name is not None and name not in frame.columns:
        raise InputError(f"no column {name!r}", file=file, expected=", ".join(map(str, frame.columns)))
    _, times = split_times(frame, name, "", file)
    if config.time and times is None:
        raise InputError("holds no dates", file=file, column=config.time, expected="dates")
    return times
