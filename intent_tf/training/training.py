"""Trains a model: optimiser, averaged weights, early stopping, logs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.columns.augmentation import Augmentation
from intent_tf.columns.feature_batches import documents
from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError, require
from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.feature_extractor import FeatureExtractor
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig, default_loss
from intent_tf.training.cluster import is_chief
from intent_tf.training.forward_corrected import ForwardCorrectedCrossentropy
from intent_tf.training.partwise_adam import PartwiseAdam
from intent_tf.training.preemption import Preemption, barrier
from intent_tf.training.resumable import ResumableEarlyStopping, part_seeds

#: Decoupled decay of the dense kernels a step, times the learning rate (AdamW).
WEIGHT_DECAY = 3e-4


def create_model(
    data: PreparedData,
    config: TrainingConfig,
    encoder: BertEncoder | None = None,
) -> IntentModel:
    """Build and compile the model that a configuration asks for.

    Args:
        data: Rows and preprocessor; with an encoder, prepared with its ``subwords``.
        config: The model and how it is trained.
        encoder: Reads the texts and sessions, in place of the extractor's convolution.
    """
    if data.train.grade is not None and config.label_flip:
        raise InputError("label_flip is given, and labels are graded", remedy="leave label_flip out")
    article = config.preset == "article"
    extractor = build_feature_extractor(
        data,
        config.preset,
        output_dim=config.output_dim,
        filters=config.filters,
        kernel_sizes=config.kernel_sizes,
        dropout=0.1 if encoder else 0.5,
        encoder=encoder,
        token_buckets=config.token_buckets,
    )
    predictor = build_predictor(
        config.preset,
        ensemble_size=config.ensemble_size,
        dropout=config.dropout,
        feature_blocks=None if article else extractor.feature_blocks,
        prior=float(data.train.label.mean()),
    )
    optimizer = keras.optimizers.Adam(1e-3) if article else _optimizer(config, extractor)
    return build_model(data, extractor, predictor, loss=_loss_of(config), optimizer=optimizer)


def train_model(
    model: IntentModel,
    data: PreparedData,
    config: TrainingConfig,
    folder: str | Path,
    *,
    seed: int = 0,
    resume: bool = False,
    tensorboard: bool = False,
    verbose: int = 1,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> dict[str, list[float]]:
    """Fit a compiled model until the validation log loss stops falling, and restore the best weights.

    Args:
        model: A compiled model, from `create_model`.
        data: Rows to fit on, and validation rows.
        config: The configuration, of which epochs, patience and batch size are read.
        folder: Where checkpoints and logs go: ``checkpoint/``, ``history.csv``, ``tensorboard/``.
        seed: Seed of the order of the rows.
        resume: Go on from the checkpoint in the folder, if there is one.
        tensorboard: Write TensorBoard logs too.
        verbose: 1 shows a progress bar for each epoch, 2 a line, 0 nothing.
        callbacks: Further callbacks, which are called last.

    Returns:
        The history: by metric, a value for each epoch (also of those before a resumption).

    Raises:
        InputError: If training diverges (the loss is no number), a checkpoint cannot be written, or another
            worker is lost.
        Preempted: If the process is told to end (SIGTERM); the checkpoint is written.
    """
    folder, strategy = Path(folder), model.distribute_strategy
    writes = is_chief(strategy)
    patience = epochs_to_wait(config, data)
    stopping = ResumableEarlyStopping(folder / "checkpoint", patience=patience, writes=writes)
    barrier(strategy)  # waits until the chief has made the folder
    done = stopping.resume(model) if resume else 0
    if writes:
        folder.mkdir(parents=True, exist_ok=True)

    def fit(done: int, epochs: int, *extra: keras.callbacks.Callback) -> None:
        first_batch = stopping.first_batch
        part_seeds(model)
        logs = _logs(folder, append=done + first_batch > 0, tensorboard=tensorboard) if writes else []
        # Its own each time: it remembers which weights the model holds.
        average = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if model.optimizer.use_ema else []
        with Preemption(stopping, first_batch, config.checkpoint_batches) as preemption:
            called = [
                keras.callbacks.TerminateOnNaN(),
                *average,
                stopping,
                *logs,
                *callbacks,
                *extra,
                preemption,
            ]
            model.fit(
                data.train,
                validation_data=data.validation,
                first_batch=first_batch,
                seed=seed,
                batch_size=config.batch_size_for(data.train.number_of_rows),
                epochs=epochs,
                initial_epoch=done,
                augmentation=Augmentation(**config.augment) if config.augment else None,
                callbacks=called,
                verbose=verbose if writes else 0,
            )

    try:
        if stopping.first_batch:
            # Not as the last epoch: after that one Keras keeps the averaged weights only.
            fit(done, done + 2, _StopAfterEpoch())
            barrier(strategy)  # waits until the chief has written its checkpoint
            done = stopping.resume(model)
        fit(done, done if stopping.is_finished else config.epochs)
    except (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError) as error:
        if strategy.cluster_resolver is None:
            raise
        raise InputError(
            "another worker was lost", remedy="start all workers again, with --resume"
        ) from error
    if not np.isfinite(stopping.history.get("val_log_loss", [np.nan])[-1]):
        raise InputError(
            "training diverged: the loss is no number",
            remedy=f"lower the learning rate (it is {config.learning_rate})",
        )
    return stopping.history


class _StopAfterEpoch(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.model.stop_training = True


def _logs(folder: Path, *, append: bool, tensorboard: bool) -> list[keras.callbacks.Callback]:
    logs: list[keras.callbacks.Callback] = [
        keras.callbacks.CSVLogger(str(folder / "history.csv"), append=append)
    ]
    if tensorboard:
        require("tensorboard", "tensorboard")
        logs.append(keras.callbacks.TensorBoard(str(folder / "tensorboard")))
    return logs


def epochs_to_wait(config: TrainingConfig, data: PreparedData) -> int:
    """Choose the patience, unless it is given: tables of numbers and categories may get worse for longer."""
    return config.patience or (5 if _reads_tokens(data) else 15)


def _reads_tokens(data: PreparedData) -> bool:
    return bool(documents(data.preprocessor.compute_output_spec({})))


def _loss_of(config: TrainingConfig) -> Any:
    name = config.loss or default_loss(config.preset)
    if name == "focal":
        # Its minimum is nearer to 1/2 than the truth, which the calibrator takes back.
        return keras.losses.BinaryFocalCrossentropy()
    if config.label_flip:
        return ForwardCorrectedCrossentropy(config.label_flip)
    return name


def _optimizer(config: TrainingConfig, extractor: FeatureExtractor) -> keras.optimizers.Optimizer:
    average = {"use_ema": True, "ema_momentum": config.ema_momentum} if config.ema_momentum else {}
    factors = [
        (part, config.token_learning_rate_multiplier)
        for name, part in extractor.parts.items()
        if name in ("text", "session")
    ]
    undecayed = ("bias", "embedding", "scale")
    return PartwiseAdam(
        config.learning_rate, factors, weight_decay=WEIGHT_DECAY, undecayed=undecayed, **average
    )
