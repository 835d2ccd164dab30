"""`python -m intent_tf.train`: from raw data to a served model, in one command."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import pandas as pd

from intent_tf.columns.config import preprocessor_options
from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.streamed_rows import StreamedRows, stream_training_rows
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.splitting import PARTS
from intent_tf.data.tables import read_table
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
from intent_tf.serving.artifacts import write_artifacts
from intent_tf.serving.export import encoder_notice
from intent_tf.serving.loading import load_model
from intent_tf.serving.versions import new_version, versions
from intent_tf.training.cluster import is_chief
from intent_tf.training.distillation import distillation_loss, rows_to_recombine, with_teacher
from intent_tf.training.fine_tuning import fine_tune
from intent_tf.training.open_encoder import open_encoder
from intent_tf.training.preemption import Preempted
from intent_tf.training.source import load_examples, preprocess_source
from intent_tf.training.strategy import make_strategy, precision
from intent_tf.training.training import create_model, train_model
from intent_tf.training.working_folder import prepare_working_folder


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

    Args:
        source: Where the examples come from.
        preprocessing: How raw columns become features.
        training: The model and how it is trained.
        config: Where to write, the seed.
        encoding: The encoder, where the model has one, and how it is fine-tuned.
        devices: The devices and machines that train; those that are there, unless given.
        distillation: The model that this one learns from, if any.

    Returns:
        The version folder that was written; None on the workers that do not write it.

    Raises:
        InputError: If the input is not usable.
    """
    strategy = make_strategy(devices.strategy, worker_timeout=devices.worker_timeout)
    quiet = config.quiet or not is_chief(strategy)

    def tell(message: str) -> None:
        if not quiet:
            print(message, flush=True)

    out = Path(config.out or f"saved_models/{_name(source)}")
    working = out / ".training"
    written = to_yaml(source, preprocessing, training, encoding, config, devices, distillation)
    if is_chief(strategy):
        prepare_working_folder(working, written, config.resume)
    keras.utils.set_random_seed(config.seed)

    with strategy.scope():
        encoder = open_encoder(encoding, devices.precision)
    teacher = load_model(distillation.teacher, trust=encoding.trust) if distillation.teacher else None
    unlabelled = read_table(distillation.unlabelled).frame if distillation.unlabelled else None
    examples, rejected = load_examples(source, seed=config.seed, tell=tell)
    data = _prepare(examples, source, preprocessing, encoder, config.seed)
    tell(f"\nfeature specification\n{data.specification.describe()}\n\n{_rows(data)}\n")

    # Of the rows with labels: those that a teacher adds below do not change the steps.
    training = replace(training, batch_size=training.batch_size_for(data.train.number_of_rows))
    with strategy.scope(), precision(devices.precision):
        model = create_model(data, training, encoder, distillation_loss(distillation, training))
    if config.precompute:
        precompute_extractors(
            model, config.precompute
        )  # says before training if there is nothing to precompute
    learnt = data if teacher is None else _taught(data, teacher, unlabelled, distillation, config.seed)
    if teacher:
        tell(f"the teacher scored {len(learnt.train):,} rows")
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
    if not is_chief(strategy):
        return None
    seconds = time.perf_counter() - started
    evaluation = evaluate_model(
        model.without_strategy(),
        data,
        examples,
        cost_fp=config.cost_fp,
        cost_fn=config.cost_fn,
        diagnosis=config.diagnosis,
        seed=config.seed,
        teacher=teacher,
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
    with new_version(out) as folder:
        write_artifacts(folder, data, evaluation, history, written, _name(source), config.precompute)
        rejected.write(folder / "rejected.csv")
        for log in ("history.csv", "tensorboard"):
            if (working / log).exists():
                shutil.move(working / log, folder / log)
    shutil.rmtree(working)
    version = out / str(versions(out)[-1])
    tell(_summary(metrics))
    if encoder:
        tell(encoder_notice(version))
    tell(f"report: {version / 'report.html'}")
    print(version)
    return version


def _prepare(
    examples: ExampleSource,
    source: SourceConfig,
    preprocessing: PreprocessingConfig,
    encoder: BertEncoder | None,
    seed: int,
) -> PreparedData:
    test = None if source.test_data is None else read_table(source.test_data).frame
    data = preprocess_source(
        examples,
        source,
        seed=seed,
        test=test,
        **preprocessor_options(preprocessing, examples),
        **({"subwords": encoder.subwords} if encoder else {}),
    )
    return stream_training_rows(data, examples.stream, examples.weight) if examples.stream else data


def _rows(data: PreparedData) -> str:
    """Say how many rows each part has, and why others are in none."""
    lines = [f"{name}: {getattr(data, name).number_of_rows:,} rows" for name in PARTS]
    kin, split = data.split.group or "equal row", data.split
    left = {
        "without a label": data.cleaning.rows_without_label,
        "duplicates": data.cleaning.duplicate_rows,
        f"their {kin} comes again in a later part": split.set_aside_because_group_returns_later,
        f"their {kin} is in the test rows": split.set_aside_because_group_is_in_test_rows,
    }
    lines += [f"excluded: {count:,} rows ({why})" for why, count in left.items() if count]
    if equal := data.cleaning.equal_rows:
        lines.append(f"kept: {equal:,} rows that equal another (too many to be records made twice)")
    return "\n".join(lines)


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
    lines = ["", metrics_table(metrics.test, metrics.baselines, metrics.optimum), ""]
    if cost := metrics.precomputed:
        lines.append(
            f"precomputed as {cost.storage}: test AUROC {cost.auroc[0]:.5f} → {cost.auroc[1]:.5f}, "
            f"log loss {cost.log_loss[0]:.5f} → {cost.log_loss[1]:.5f}, "
            f"probabilities change by {cost.largest_change:.1e} at most"
        )
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
