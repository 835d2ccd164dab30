"""Trains a model: optimiser, averaged weights, early stopping, logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from intent_tf.columns.augmentation import Augmentation
from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError, require
from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.models.build import (
    Preset,
    SessionExtractor,
    build_feature_extractor,
    build_model,
    build_predictor,
)
from intent_tf.models.intent_model import IntentModel
from intent_tf.training.cluster import is_chief
from intent_tf.training.forward_corrected import ForwardCorrectedCrossentropy
from intent_tf.training.losses import FocalLoss, WeightedCrossentropy
from intent_tf.training.partwise_adam import PartwiseAdam
from intent_tf.training.preemption import Preemption, wants
from intent_tf.training.resumable import ResumableEarlyStopping, part_seeds

Loss = Literal["binary_crossentropy", "mse", "focal"]


@dataclass(frozen=True)
class TrainingConfig:
    """The model and how it is trained.

    Args:
        preset: "article" is the article's code as printed (sigmoid bottleneck, MSE; it provably does not
            learn on text); "default" is the same extractor without the bottleneck, and more beside it.
        loss: Loss; binary cross-entropy for "default", mse for "article", unless given.
        positive_weight: Weight of a purchase in cross-entropy, where another row weighs 1; probabilities stay
            probabilities.
        epochs: Passes over the training rows at most.
        patience: Epochs without a better validation log loss before training stops; by default 5, and 15 for
            tables of numbers and categories only, whose loss may rise for some epochs before it falls on.
        batch_size: Rows a step; by default 256, and less (at least 32) where an epoch of the table would have
            fewer than 32 steps.
        learning_rate: Step size of Adam.
        token_learning_rate_multiplier: Step size of the extractors of tokens over that of the rest: they have
            most of the weights, and memorise rows soonest.
        weight_decay: Decoupled decay of the dense kernels a step, times the learning rate (AdamW).
        ema_momentum: Momentum of the weights' moving average, in [0, 1); 0 turns it off.
        dropout: Share of hidden outputs dropped in training, in [0, 1).
        ensemble_size: Networks in the ensemble that the predictor is.
        kernel_sizes: Tokens under a filter of the extractor; several give several convolutions.
        filters: Filters for each kernel size.
        output_dim: Width of a token's vector.
        token_buckets: Rows of a table that tokens share by a hash, which takes less memory; every token has
            a row of its own, unless given.
        session_extractor: What reads rendered sessions: cnn (the article's convolution), gru (the state after
            the last token) or attention (means that can weigh recent tokens more).
        checkpoint_batches: Batches from one checkpoint to the next within an epoch, which `--resume` goes on
            from; by default there is one after each epoch only.
        augment: Changes of training rows by rate, such as token_dropout=0.1,swap=0.05 (token_dropout, swap,
            span_mask, crop_concatenate, label_flip; the loss undoes the bias of flipped labels).
    """

    preset: Preset = "default"
    loss: Loss | None = None
    positive_weight: float = 1.0
    epochs: int = 40
    patience: int | None = None
    batch_size: int | None = None
    learning_rate: float = 3e-3
    token_learning_rate_multiplier: float = 0.2
    weight_decay: float = 3e-4
    ema_momentum: float = 0.99
    dropout: float = 0.1
    ensemble_size: int = 16
    kernel_sizes: tuple[int, ...] = (3,)
    filters: int = 128
    output_dim: int = 128
    token_buckets: int | None = None
    session_extractor: SessionExtractor = "cnn"
    checkpoint_batches: int | None = None
    augment: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = (
            "epochs",
            "patience",
            "batch_size",
            "ensemble_size",
            "filters",
            "output_dim",
            "token_buckets",
        )
        for name in (*counts, "checkpoint_batches"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} is {value}", expected="at least 1")
        for name in ("ema_momentum", "dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="a share in [0, 1)")
        for name in ("learning_rate", "token_learning_rate_multiplier", "positive_weight"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} is {getattr(self, name)}", expected="a positive number")
        if self.positive_weight != 1 and (self.loss or _loss(self.preset)) != "binary_crossentropy":
            raise InputError("positive_weight is given", expected="the loss binary_crossentropy with it")
        if self.token_buckets and self.preset == "article":
            raise InputError("the article has a full table", remedy="leave out --token-buckets")
        if self.label_flip and self._weighs_rows:
            raise InputError("label_flip is given", expected="the plain loss binary_crossentropy with it")

    @property
    def has_plain_loss(self) -> bool:
        """Whether the loss is binary cross-entropy of labels that are what they are."""
        return not self._weighs_rows and not self.label_flip

    @property
    def _weighs_rows(self) -> bool:
        return (self.loss or _loss(self.preset), self.positive_weight) != ("binary_crossentropy", 1)

    @property
    def augmentation(self) -> Augmentation | None:
        """How training rows are changed."""
        return Augmentation.from_rates(self.augment)

    @property
    def label_flip(self) -> float:
        """Share of labels that are flipped, which the loss undoes."""
        return self.augmentation.label_flip if self.augmentation else 0.0

    def epochs_to_wait(self, data: PreparedData) -> int:
        """Choose the patience, unless it is given."""
        return self.patience or (5 if _reads_tokens(data) else 15)

    def batch_size_for(self, rows: int) -> int:
        """Choose the batch size for a number of training rows, unless it is given.

        Example:
            >>> [TrainingConfig().batch_size_for(rows) for rows in (500, 3_200, 1_000_000)]
            [32, 100, 256]
        """
        return self.batch_size or min(256, max(32, rows // 32))


def create_model(
    data: PreparedData,
    config: TrainingConfig,
    encoder: BertEncoder | None = None,
    loss: keras.losses.Loss | None = None,
) -> IntentModel:
    """Build and compile the model that a configuration asks for.

    Args:
        data: Rows and preprocessor; with an encoder, prepared with its ``subwords``.
        config: The model and how it is trained.
        encoder: Reads the texts and sessions, in place of the extractor's convolution.
        loss: A loss in place of the configuration's, such as that of a model with a teacher.
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
        session=config.session_extractor,
        token_buckets=config.token_buckets,
    )
    predictor = build_predictor(
        config.preset,
        ensemble_size=config.ensemble_size,
        dropout=config.dropout,
        feature_blocks=None if article else extractor.feature_blocks,
        prior=float(data.train.label.mean()),
    )
    optimizer = keras.optimizers.Adam(1e-3) if article else _optimizer(config)
    return build_model(data, extractor, predictor, loss=loss or _loss_of(config), optimizer=optimizer)


def train_model(
    model: IntentModel,
    data: PreparedData,
    config: TrainingConfig,
    folder: Path,
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
    strategy = model.distribute_strategy
    writes = is_chief(strategy)
    patience = config.epochs_to_wait(data)
    stopping = ResumableEarlyStopping(folder / "checkpoint", patience=patience, writes=writes)
    wants(strategy, False)  # waits until the chief has made the folder
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
                augmentation=config.augmentation,
                callbacks=called,
                verbose=verbose if writes else 0,
            )

    try:
        if stopping.first_batch:
            # Not as the last epoch: after that one Keras keeps the averaged weights only.
            fit(done, done + 2, _StopAfterEpoch())
            wants(strategy, False)  # waits until the chief has written its checkpoint
            done = stopping.resume(model)
        fit(done, done if stopping.with_calibration else config.epochs)
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


def _reads_tokens(data: PreparedData) -> bool:
    return any(column.kind not in ("number", "category") for column in data.specification.columns)


def _loss_of(config: TrainingConfig) -> Any:
    name = config.loss or _loss(config.preset)
    if name == "focal":
        return FocalLoss()
    if config.label_flip:
        return ForwardCorrectedCrossentropy(config.label_flip)
    return name if config.positive_weight == 1 else WeightedCrossentropy(config.positive_weight)


def _loss(preset: Preset) -> Loss:
    return "mse" if preset == "article" else "binary_crossentropy"


def _optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    average = {"use_ema": True, "ema_momentum": config.ema_momentum} if config.ema_momentum else {}
    factors = dict.fromkeys(("/text/", "/session/"), config.token_learning_rate_multiplier)
    optimizer = PartwiseAdam(config.learning_rate, factors, weight_decay=config.weight_decay, **average)
    optimizer.exclude_from_weight_decay(var_names=["bias", "embedding", "scale"])
    return optimizer
