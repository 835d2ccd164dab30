"""Everything that a run leaves behind, in one version folder."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.subword_preprocessor import SubwordPreprocessor
from intent_tf.columns.watched_columns import watched_frame, watched_kinds
from intent_tf.data.predictions import Labels
from intent_tf.evaluation.evaluation import Evaluation
from intent_tf.evaluation.monitoring import TrainingReference
from intent_tf.evaluation.report import Report, write_report
from intent_tf.options.run import Storage
from intent_tf.serving.export import export_saved_model, export_token_ids
from intent_tf.serving.model_card import model_card


def write_artifacts(
    folder: str | Path,
    data: PreparedData,
    evaluation: Evaluation,
    history: Mapping[str, Sequence[float]],
    configuration: str,
    title: str,
    precompute: Storage | None = None,
) -> None:
    """Write the SavedModel, ``model.keras``, ``training.json``, configuration, metrics, report and card.

    Args:
        folder: An empty folder to write to.
        data: The rows that the model was trained and evaluated on.
        evaluation: The calibrated model, its metrics and its probabilities.
        history: Losses and metrics by epoch.
        configuration: The run's options as YAML.
        title: Title of the report.
        precompute: Type of the tables of products in the SavedModel; see `export_saved_model`.
            ``model.keras`` is for training on, and not precomputed.
    """
    folder = Path(folder)
    model = evaluation.model
    export_saved_model(model, folder, precompute)
    if isinstance(model.preprocessor, SubwordPreprocessor):
        export_token_ids(model, folder / "token_ids")
    model.save(folder / "model.keras")
    TrainingReference.of(
        watched_frame(data.train.frame, data.specification),
        data.train.weight,
        watched_kinds(data.specification),
        evaluation.probabilities["intent_tf"],
        data.test.weight,
    ).write(folder)
    for part in model.stack.parts.values() if model.stack else ():
        if write := getattr(part, "write_own_format", None):
            write(folder)
    (folder / "config.yaml").write_text(configuration, encoding="utf-8")
    metrics = json.dumps(evaluation.metrics.as_dict(), indent=2, ensure_ascii=False)
    (folder / "metrics.json").write_text(metrics + "\n", encoding="utf-8")
    (folder / "MODEL_CARD.md").write_text(model_card(model, evaluation.metrics), encoding="utf-8")
    report = Report(
        title,
        Labels(data.test.label, data.test.weight),
        evaluation.probabilities,
        evaluation.metrics,
        history,
        data.specification.rows(),
    )
    write_report(folder / "report.html", report)
