"""The figures of a run, by name: the content of ``metrics.json``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from intent_tf.data.cleaning import CleaningCounts
from intent_tf.data.splitting import SplitDescription
from intent_tf.evaluation.actions import ActionMetrics
from intent_tf.evaluation.better_baseline import BetterBaseline
from intent_tf.evaluation.calibration_check import CalibrationCheck
from intent_tf.evaluation.diagnosis import Diagnosis
from intent_tf.evaluation.metrics import Metrics
from intent_tf.evaluation.monitoring import Monitoring
from intent_tf.evaluation.precompute_cost import PrecomputeCost
from intent_tf.training.calibration import CalibrationChoice


@dataclass(frozen=True, kw_only=True)
class RunMetrics:
    """What was found out about a model; all but its own metrics may be unknown.

    Args:
        diagnosis: How sure the figures are and what they rest on.
        ngrams: Words that moved the logit most, by part of the model.
        test: Metrics of the model on the test rows.
        ece_uncalibrated: Expected calibration error on the test rows before calibration.
        baselines: Metrics of each baseline on the test rows, by name.
        optimum: Metrics of the best probabilities that there can be, where they are known (simulator).
        actions: Log loss of the strongest action, where labels are graded.
        slices: Metrics on parts of the test rows, by title and by model.
        early: Metrics after the first events of each session, by their number and by model.
        source_counts: What was rejected or changed before cleaning, by the source of the examples.
        cleaning: Counts of what cleaning changed.
        split: The method of the split, and the rows and purchases of each part.
        parts: How much each part of the model counts, by name; None for a network alone.
        crosses: Columns that trees and linear part take together, such as ``month × device``; None without.
        calibration: The kind of the calibrator, and why it was chosen.
        calibration_check: Whether the probabilities of the test rows come true.
        throughput: Rows a second, by what was done with them.
        precomputed: How figures change when the extractors are precomputed.
        better_baseline: The best baseline, if its log loss is lower than the model's.
        baseline_inputs: What the baselines learnt from: numbers, categories, and whether words.
        monitoring: What new rows say of the model.
    """

    # In the order of `metrics.json`.
    diagnosis: Diagnosis | None = None
    ngrams: dict[str, list[dict[str, Any]]] | None = None
    test: Metrics
    ece_uncalibrated: float | None = None
    baselines: dict[str, Metrics] = field(default_factory=dict)
    optimum: Metrics | None = None
    actions: ActionMetrics | None = None
    slices: dict[str, dict[str, Metrics]] | None = None
    early: dict[str, dict[str, Metrics]] | None = None
    source_counts: Mapping[str, int] = field(default_factory=dict)
    cleaning: CleaningCounts | None = None
    split: SplitDescription | None = None
    parts: dict[str, float] | None = None
    crosses: tuple[str, ...] | None = None
    calibration: CalibrationChoice | None = None
    calibration_check: CalibrationCheck | None = None
    throughput: dict[str, int] | None = None
    precomputed: PrecomputeCost | None = None
    better_baseline: BetterBaseline | None = None
    baseline_inputs: tuple[str, ...] | None = None
    monitoring: Monitoring | None = None

    def as_dict(self) -> dict[str, Any]:
        """Lay the figures out as ``metrics.json`` has them, without those that are unknown.

        Example:
            >>> from intent_tf.data.predictions import Predictions
            >>> from intent_tf.evaluation.metrics import evaluate
            >>> test = evaluate(Predictions.unweighted([0, 1], [0.2, 0.9]))
            >>> metrics = RunMetrics(test=test, ece_uncalibrated=0.25)
            >>> list(metrics.as_dict()), metrics.as_dict()["test"]["ece_uncalibrated"]
            (['test', 'baselines'], 0.25)
        """
        written = {name: value for name, value in asdict(self).items() if value is not None}
        if self.ece_uncalibrated is not None:
            written["test"]["ece_uncalibrated"] = written.pop("ece_uncalibrated")
        source_counts = written.pop("source_counts")
        if self.cleaning is not None:
            written["cleaning"] = source_counts | written["cleaning"]
        if self.split is not None:
            written["split"] = self.split.as_dict()
        # The diagnosis has no heading of its own there; its slices are among those of the run.
        return written.pop("diagnosis", {}) | written
