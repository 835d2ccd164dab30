"""Whether a model still suits the rows it meets: drift of inputs and probabilities, and calibration."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from intent_tf.data.predictions import Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.calibration_check import CalibrationCheck, check_calibration
from intent_tf.evaluation.drift import ColumnDrift, ColumnReference, drift_from
from intent_tf.evaluation.reliability import Reliability, by_decile, by_week

FILE = "training.json"
#: Relative distance from what was promised in the large that matters, if chance does not explain it.
_GAP = 0.1
#: Of ten intervals of 95 %, chance leaves three or more in 1 % of cases.
_DECILES = 3
_NAMED = 5


@dataclass(frozen=True)
class TrainingReference:
    """What the rows of a training looked like: a version folder's ``training.json``.

    Args:
        columns: Of each column that is watched, how the training rows were spread.
        probability: How the probabilities of the test rows, which the model had not seen, were spread.
    """

    columns: Sequence[ColumnReference]
    probability: ColumnReference

    @classmethod
    def of(
        cls,
        train: pd.DataFrame,
        weight: ArrayLike,
        kinds: dict[str, str],
        probability: ArrayLike,
        test_weight: ArrayLike,
    ) -> "TrainingReference":
        """Describe training rows, and the probabilities of test rows and their weights."""
        columns = [ColumnReference.of(train[name], weight, kind) for name, kind in kinds.items()]
        return cls(columns, ColumnReference.of(_series(probability), test_weight, "number"))

    def write(self, folder: str | Path) -> None:
        """Write ``training.json`` into a version folder."""
        Path(folder, FILE).write_text(json.dumps(asdict(self), ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: str | Path) -> "TrainingReference | None":
        """Read it; None if there is none, as in the folders of earlier versions.

        Raises:
            InputError: If the file is broken.
        """
        file = Path(folder) / FILE
        if not file.is_file():
            return None
        try:
            config = json.loads(file.read_text(encoding="utf-8"))
            columns = [ColumnReference(**each) for each in config["columns"]]
            return cls(columns, ColumnReference(**config["probability"]))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"cannot be read ({error})", file=file, expected="what `train` wrote") from error


@dataclass(frozen=True)
class Monitoring:
    """What new rows say of a model.

    Args:
        drift: Of each column that is watched, the highest index first; empty if the training is not known.
        probability: Drift of the probabilities; None likewise.
        overall: Calibration in the large; None without labels.
        deciles: Calibration of each tenth of the rows, from the lowest probability on.
        weeks: Calibration of each week.
        calibration: Slope and intercept of all rows.
    """

    drift: list[ColumnDrift] = field(default_factory=list)
    probability: ColumnDrift | None = None
    overall: Reliability | None = None
    deciles: list[Reliability] = field(default_factory=list)
    weeks: list[Reliability] = field(default_factory=list)
    calibration: CalibrationCheck | None = None

    @property
    def reasons(self) -> list[str]:
        """Reasons to train again, in words; none if there is no need."""
        shifted = [each for each in self.drift if each.level == "shifted"]
        off = [check for check in self.deciles if not check.holds]
        overall, reasons = self.overall, list[str]()
        if overall and not overall.holds and abs(overall.rate / overall.promised - 1) >= _GAP:
            reasons.append(f"{overall.rate:.1%} bought where {overall.promised:.1%} were promised")
        if len(off) >= _DECILES:
            reasons.append(f"{len(off)} of {len(self.deciles)} tenths miss what was promised")
        if shifted:
            named = ", ".join(each.column for each in shifted[:_NAMED])
            reasons.append(f"{named} shifted" + (" and others" if len(shifted) > _NAMED else ""))
        if self.probability and self.probability.level == "shifted":
            reasons.append("the probabilities shifted")
        return reasons

    def advice(self, model: object) -> str:
        """Say in a sentence whether to train again."""
        if self.reasons:
            return (
                f"Retrain: {'; '.join(self.reasons)} (python -m intent_tf.train --update {model} --data NEW)."
            )
        checked = [
            *(["the inputs are as in training"] if self.drift else []),
            *(["probabilities come true"] if self.overall else []),
        ]
        if not checked:
            return "Neither labels nor the training are known: nothing says whether to retrain."
        return f"No need to retrain: {' and '.join(checked)}."

    def written(self) -> str:
        """Write what was found as plain text."""
        lines: list[str] = []
        if self.probability:
            moved = [each for each in self.drift if each.level != "stable"]
            told = ", ".join(f"{each.column} {each.psi:.2f} ({each.level})" for each in moved[:10])
            lines.append(f"drift of inputs (PSI; 0.1 moderate, 0.25 shifted): {told or 'none'}")
            lines.append(f"drift of probabilities: {self.probability.psi:.2f} ({self.probability.level})")
        if self.overall:
            header = f"{'calibration':13}{'rows':>9}{'promised':>10}{'bought':>9}   95 % interval"
            lines += [header, _line("all", self.overall)]
            lines += [_line(f"tenth {check.title}", check) for check in self.deciles]
            lines += [_line(check.title, check) for check in self.weeks]
        if self.calibration:
            lines.append(str(self.calibration))
        return "\n".join(lines)


def monitor(
    reference: TrainingReference | None,
    frame: pd.DataFrame,
    probability: np.ndarray,
    weight: ArrayLike,
    predictions: Predictions | None = None,
    *,
    times: pd.Series | None = None,
    groups: ArrayLike | None = None,
) -> Monitoring:
    """Compare rows with those of the training, and what they were promised with what happened.

    Args:
        reference: What training rows looked like; None if that is not known.
        frame: The rows, with the columns that are watched.
        probability: The model's probabilities ``(rows,)``.
        weight: Weight of each row.
        predictions: The labels with the probabilities; None without labels.
        times: Seconds since 1970-01-01T00:00 UTC of each row, for the calibration by week.
        groups: Rows of the same value are no independent evidence of calibration.
    """
    drift, moved = list[ColumnDrift](), None
    if reference:
        drift = drift_from(reference.columns, frame, weight)
        moved = reference.probability.drift(_series(probability), weight)
    if predictions is None:
        return Monitoring(drift, moved)
    weeks = [] if times is None else by_week(predictions, times, groups)
    return Monitoring(
        drift,
        moved,
        Reliability.of(predictions, groups),
        by_decile(predictions, groups),
        weeks,
        check_calibration(predictions, groups),
    )


def _series(probability: ArrayLike) -> pd.Series:
    return pd.Series(np.asarray(probability, np.float64), name="probability")


def _line(title: str, check: Reliability) -> str:
    mark = "" if check.holds else "  !"
    return (
        f"{title:13}{check.rows:>9,}{check.promised:>10.2%}{check.rate:>9.2%}"
        f"   {check.low:.2%} to {check.high:.2%}{mark}"
    )
