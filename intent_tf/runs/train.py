"""What `train` does: from raw data to a served model."""

import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import pandas as pd

from intent_tf.columns.config import preprocessor_options
from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.prepared_again import preprocess_again
from intent_tf.columns.streamed_rows import StreamedRows, stream_training_rows
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.output_folder import OutputFolder
from intent_tf.data.predictions import Labels, Predictions
from intent_tf.errors import InputError
from intent_tf.evaluation.evaluation import evaluate_model
from intent_tf.evaluation.precompute_cost import precompute_cost
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.table import metrics_table
from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.precomputed_model import precompute_extractors
from intent_tf.options.command_line import to_yaml
from intent_tf.options.devices import StrategyConfig
from intent_tf.options.distillation import DistillationConfig
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.run import RunConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.runs.update import model_to_update, promotion, refuse_worse, versions_of
from intent_tf.serving.artifacts import write_artifacts
from intent_tf.serving.export import encoder_notice
from intent_tf.serving.loading import load_model
from intent_tf.serving.versions import new_version, newest_version
from intent_tf.training.cluster import is_chief
from intent_tf.training.distillation import check_loss, rows_to_recombine, with_teacher
from intent_tf.training.fine_tuning import fine_tune
from intent_tf.training.open_encoder import open_encoder
from intent_tf.training.parts import fit_parts
from intent_tf.training.preemption import Preempted
from intent_tf.training.source import load_examples, preprocess_source, read_further_table
from intent_tf.training.strategy import make_strategy, precision
from intent_tf.training.training import create_model, train_model
from intent_tf.training.warm_start import warm_started
from intent_tf.training.working_folder import TRAINING_STATE, WorkingFolder, state_of_0_1


def run(
    source: SourceConfig,
    preprocessing: PreprocessingConfig,
    training: TrainingConfig,
    encoding: EncoderConfig,
    distillation: DistillationConfig,
    config: RunConfig,
    devices: StrategyConfig,
) -> Path | None:
    """Train, evaluate and export one model.

    Of several workers all train, and the first evaluates and exports.

    Returns:
        The version folder that was written; None on the workers that do not write it.

    Raises:
        InputError: If the input is not usable.
    """
    check_loss(distillation, training)
    strategy = make_strategy(devices.strategy, worker_timeout=devices.worker_timeout)
    quiet = config.quiet or not is_chief(strategy)

    def tell(message: str) -> None:
        if not quiet:
            print(message, flush=True)

    versions_folder = versions_of(source.update) if source.update else f"saved_models/{_name(source)}"
    out = Path(config.out or versions_folder)
    written = to_yaml(source, preprocessing, training, encoding, config, devices, distillation)
    working = out / ".training"
    state = _working_folder(working, written, config.resume) if is_chief(strategy) else None
    keras.utils.set_random_seed(config.seed)

    with strategy.scope():
        encoder = open_encoder(encoding, devices.precision)
        known = model_to_update(source.update, trust=encoding.trust) if source.update else None
    teacher = load_model(distillation.teacher, trust=encoding.trust) if distillation.teacher else None
    rejected = Path(f"{out.resolve()}.rejected.csv") if is_chief(strategy) else None
    learnt_before = known.preprocessor.specification if known else None
    examples = load_examples(source, seed=config.seed, tell=tell, rejected=rejected, learnt=learnt_before)
    unlabelled = (
        read_further_table(distillation.unlabelled, examples, tell) if distillation.unlabelled else None
    )
    data = (
        _prepare_again(examples, source, known, config.seed)
        if known
        else _prepare(examples, source, preprocessing, encoder, config.seed)
    )
    tell(f"\n{data.facts}\n")

    # Of the rows with labels: those that a teacher adds below do not change the steps.
    training = replace(training, batch_size=training.batch_size_for(data.train.number_of_rows))
    # Before training, which changes the layers that both models share.
    before = known.predict(data.test) if known else None
    with strategy.scope(), precision(devices.precision):
        model = warm_started(known, data) if known else create_model(data, training, encoder)
    if config.precompute:
        precompute_extractors(
            model, config.precompute
        )  # says before training if there is nothing to precompute
    learnt = data if teacher is None else _taught(data, teacher, unlabelled, distillation, config.seed)
    if teacher:
        tell(f"the teacher scored {len(learnt.train):,} rows")
    if state:
        state.begin()
    train = partial(fine_tune, config=encoding) if encoder else train_model
    started = time.perf_counter()
    try:
        history = train(
            model,
            learnt,
            training,
            folder=working,
            seed=config.seed,
            resume=config.resume,
            tensorboard=config.tensorboard,
            verbose=0 if quiet else 1 if sys.stdout.isatty() else 2,
        )
    except Preempted as ended:
        tell(f"note: {ended}")
        raise SystemExit(config.preempted_status) from None
    if state is None:
        return None
    seconds = time.perf_counter() - started
    model, held_out = fit_parts(model.without_strategy(), data, training.fitted_parts, config.seed)
    evaluation = evaluate_model(
        model,
        data,
        examples,
        cost_fp=config.cost_fp,
        cost_fn=config.cost_fn,
        diagnosis=config.diagnosis,
        seed=config.seed,
        teacher=teacher,
        held_out=held_out,
    )
    trained = round(len(history["loss"]) * learnt.train.number_of_rows / seconds)
    metrics = replace(
        evaluation.metrics,
        throughput={**(evaluation.metrics.throughput or {}), "train_rows_per_second": trained},
        precomputed=precompute_cost(evaluation.model, data.test, config.precompute)
        if config.precompute
        else None,
    )
    evaluation = replace(evaluation, metrics=metrics)
    if before is not None:
        labels = Labels(data.test.label, data.test.weight)
        now = evaluation.probabilities["intent_tf"]
        try:
            tell(refuse_worse(Predictions.of(labels, before), Predictions.of(labels, now)))
        except InputError:
            state.folder.remove_state()
            raise
    with new_version(out) as folder:
        write_artifacts(folder, data, evaluation, history, written, _name(source), config.precompute)
        if examples.rejected is not None:
            examples.rejected.replace(folder / "rejected.csv")
        for log in ("history.csv", "tensorboard"):
            if (working / log).exists():
                (working / log).rename(folder / log)
    state.folder.remove_state()
    version = newest_version(out)
    tell(_summary(metrics))
    if encoder:
        tell(encoder_notice(version))
    if known:
        tell(promotion(version))
    tell(f"report: {version / 'report.html'}")
    print(version)
    return version


def _working_folder(path: Path, configuration: str, resume: bool) -> WorkingFolder:
    earlier = state_of_0_1(path, TRAINING_STATE)
    folder = OutputFolder(path, "train", state=TRAINING_STATE, option=None, earlier=earlier)
    return WorkingFolder(folder, configuration, resume)


def _prepare(
    examples: ExampleSource,
    source: SourceConfig,
    preprocessing: PreprocessingConfig,
    encoder: BertEncoder | None,
    seed: int,
) -> PreparedData:
    data = preprocess_source(
        examples,
        source,
        seed=seed,
        **preprocessor_options(preprocessing, examples),
        **({"subwords": encoder.subwords} if encoder else {}),
    )
    return stream_training_rows(data, examples.stream, examples.weight) if examples.stream else data


def _prepare_again(
    examples: ExampleSource, source: SourceConfig, known: IntentModel, seed: int
) -> PreparedData:
    graded = known.actions is not None
    data = preprocess_again(examples, known.preprocessor, graded=graded, seed=seed, file=source.data)
    weight = data.specification.weight
    return stream_training_rows(data, examples.stream, weight) if examples.stream else data


def _taught(
    data: PreparedData,
    teacher: IntentModel,
    unlabelled: pd.DataFrame | None,
    distillation: DistillationConfig,
    seed: int,
) -> PreparedData:
    if isinstance(data.train, StreamedRows):
        raise InputError(
            "the rows are streamed, and a teacher scores rows in memory",
            remedy="hold all of them in memory with a larger --memory-rows",
        )
    recombined = rows_to_recombine(data.specification)
    return with_teacher(data, teacher, unlabelled=unlabelled, recombined=recombined, seed=seed)


def _summary(metrics: RunMetrics) -> str:
    parts = ", ".join(f"{name} {weight:.2f}" for name, weight in (metrics.parts or {}).items())
    lines = [f"parts: {parts}"] if parts else []
    if metrics.crosses:
        lines.append(f"categories that act together: {', '.join(metrics.crosses)}")
    lines += ["", metrics_table(metrics.test, metrics.baselines, metrics.optimum), ""]
    if cost := metrics.precomputed:
        lines.append(
            f"precomputed as {cost.storage}: test AUROC {cost.auroc[0]:.5f} → {cost.auroc[1]:.5f}, "
            f"log loss {cost.log_loss[0]:.5f} → {cost.log_loss[1]:.5f}, "
            f"probabilities change by {cost.largest_change:.1e} at most"
        )
    if metrics.calibration_check:
        lines.append(f"{metrics.calibration_check}")
    if metrics.better_baseline:
        lines.append(f"note: {metrics.better_baseline}")
    if actions := metrics.actions:
        lines.append(
            f"strongest action: log loss {actions.log_loss:.4f}, "
            f"of the training rates {actions.log_loss_of_rates:.4f}"
        )
    return "\n".join(lines)


def _name(source: SourceConfig) -> str:
    if source.dataset:
        return source.dataset
    given = source.data or source.events
    return Path(given).name.split(".")[0] if given else "simulated_shop"
