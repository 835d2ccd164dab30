"""Fine-tunes a model with a BERT encoder: the predictor first, then all, with care for what was learnt."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.row_order import longest_first
from intent_tf.columns.rows import Rows
from intent_tf.errors import InputError
from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.frozen_encoder import frozen
from intent_tf.training.partwise_adam import PartwiseAdam
from intent_tf.training.training import train_model
from intent_tf.training.warm_up import WarmUp

#: Step size of what is not the encoder over that of the encoder's last block: it has most left to learn.
_HEAD_FACTOR = 10.0
#: Step size of a block over that of the next one.
LAYER_DECAY = 0.9
#: Share of the steps in which the step size rises; then it falls to zero.
WARM_UP = 0.1
#: Decoupled decay, not of biases, norms and embeddings.
WEIGHT_DECAY = 0.01
#: Largest norm of a step's gradient.
CLIP_NORM = 1.0
_BLOCK = re.compile(r"(?:block|layer)[_.]?(\d+)")


def fine_tune(
    model: IntentModel,
    data: PreparedData,
    training: TrainingConfig,
    config: EncoderConfig,
    folder: str | Path,
    **options: Any,
) -> dict[str, list[float]]:
    """Train a model with an encoder in two phases.

    First the encoder stays as it is: its vectors are computed in one pass over the rows, and predictor and
    other extractors learn from them in seconds. Then, unless ``tuning`` is ``"frozen"``, all weights learn a
    few epochs: with Adam, a rate that warms up and falls, that is smaller the deeper a block lies, with
    weight decay, clipped gradients, and batches of documents of about one length.

    Args:
        model: From `create_model`, with an encoder.
        data: Rows to fit on, and validation rows.
        training: How the first phase trains.
        config: How the second one does.
        folder: Where checkpoints and logs go; the first phase's below ``predictor/``.
        **options: Those of `train_model`: ``seed``, ``resume``, ``tensorboard``, ``verbose``.

    Returns:
        The history of both phases, one after the other.

    Raises:
        InputError: If rows are to be augmented, or training diverges.

    References:
        - Howard & Ruder (2018), Universal Language Model Fine-tuning for Text Classification.
        - Clark, Luong, Le & Manning (2020), ELECTRA (layer-wise rates).
    """
    if training.augment:
        raise InputError("--augment changes words, and an encoder reads subwords", remedy="leave it out")
    folder, encoder = Path(folder), model.extractor.parts["text"]
    encoder.network.trainable = False
    learns_itself = encoder.convolution is not None
    first = train_model(
        model if learns_itself else frozen(model),
        data if learns_itself else with_vectors(model, data),
        training,
        folder / "predictor",
        **options,
    )
    if config.tuning == "frozen":
        (folder / "predictor" / "history.csv").replace(folder / "history.csv")
        return first
    encoder.network.trainable = True
    if hasattr(encoder.network, "pooler"):
        encoder.network.pooler.trainable = encoder.pooling == "cls"
    with model.distribute_strategy.scope():
        # Inside, since metrics create their variables at once: others would count this worker's rows only.
        optimizer = _optimizer(model, data.train.number_of_rows, config)
        model.compile_alike(model, optimizer)
    second = train_model(
        model,
        data,
        replace(
            training,
            epochs=config.encoder_epochs,
            patience=config.encoder_epochs,
            batch_size=config.encoder_batch_size,
        ),
        folder,
        **options,
    )
    return {name: [*first[name], *second[name]] for name in second}


def with_vectors(model: IntentModel, data: PreparedData) -> PreparedData:
    """Replace each row's document by the vector that the model's encoder gives, for training what follows.

    Args:
        model: With an encoder.
        data: Rows with documents.
    """
    encoder: BertEncoder = model.extractor.parts["text"]
    encode = tf.function(lambda ids: encoder(ids, training=False), reduce_retracing=True)
    return replace(data, train=_encoded(encode, data.train), validation=_encoded(encode, data.validation))


def layer_factors(encoder: BertEncoder, decay: float) -> list[tuple[keras.Variable, float]]:
    """Tell each weight's step size over that of the last block.

    ``decay`` to the power of the blocks that lie above it; embeddings lie below all blocks, a pooler or
    convolution above.

    Args:
        encoder: The encoder.
        decay: Step size of a block over that of the next one.
    """
    depths: list[int | None] = []
    for weight in encoder.weights:
        # Of an encoder that came as a SavedModel, only the paths of weights tell in which block they are.
        block = _BLOCK.search(weight.path)
        outside = -1 if "embedding" in weight.path else None
        depths.append(int(block[1]) if block else outside)
    last = max((depth for depth in depths if depth is not None), default=0)
    return [
        (weight, decay ** (last - (last if depth is None else depth)))
        for weight, depth in zip(encoder.weights, depths, strict=True)
    ]


def _encoded(encode: Any, rows: Rows) -> Rows:
    order = longest_first(rows.features)
    batches = rows.take(order).batches(64)
    vectors = np.concatenate([encode(features["text"]).numpy() for features, _, _ in batches])
    text = tf.constant(vectors[np.argsort(order)])
    # Of rows that are streamed, those in memory are enough for the few weights behind the encoder.
    return Rows(rows.frame, {**rows.features, "text": text}, rows.label, rows.weight)


def _optimizer(model: IntentModel, rows: int, config: EncoderConfig) -> PartwiseAdam:
    steps = config.encoder_epochs * -(-rows // config.encoder_batch_size)
    schedule = WarmUp(config.encoder_learning_rate, steps, round(WARM_UP * steps))
    return PartwiseAdam(
        schedule,
        layer_factors(model.extractor.parts["text"], LAYER_DECAY),
        otherwise=_HEAD_FACTOR,
        weight_decay=WEIGHT_DECAY,
        undecayed=("bias", "embedding", "scale", "gamma", "beta"),
        global_clipnorm=CLIP_NORM,
    )
