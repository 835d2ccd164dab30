"""Pre-trains an encoder on unlabelled documents of a shop."""

import math
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from intent_tf.columns.row_order import epoch_batches
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.options.pretrain import PretrainingConfig, Size
from intent_tf.text.wordpiece import WordPieceIds
from intent_tf.training.language_model import LanguageModel
from intent_tf.training.masking import Masking, next_subwords
from intent_tf.training.partwise_adam import PartwiseAdam
from intent_tf.training.resumable import ResumableEarlyStopping
from intent_tf.training.warm_up import WarmUp

#: Blocks, width and heads; tiny learns something useful on two cores in minutes, base and large are BERT's.
SIZES: dict[Size, tuple[int, int, int]] = {
    "tiny": (2, 128, 2),
    "small": (4, 256, 4),
    "base": (12, 768, 12),
    "large": (24, 1024, 16),
}


def new_network(vocabulary_size: int, config: PretrainingConfig) -> BertTransformer:
    """Build an encoder with random weights.

    Args:
        vocabulary_size: Ids.
        config: Its size, the longest document, the objective.
    """
    layers, width, heads = SIZES[config.size]
    network = BertTransformer(
        vocabulary_size,
        layers,
        width,
        heads,
        max_sequence_length=max(config.max_tokens, 128),
        causal=config.objective == "causal",
        dtype=config.precision,
    )
    network.build()
    return network


def with_subwords(
    network: BertTransformer, subwords: WordPieceIds, extended: WordPieceIds
) -> BertTransformer:
    """Return the same network with vectors for further subwords.

    The vector of a new subword is the mean of those of the words in it: ``[cart]`` begins as "cart".

    Args:
        network: With weights.
        subwords: The encoder's tokeniser.
        extended: The same, with further subwords at the end.
    """
    added = extended.vocabulary[subwords.vocabulary_size :]
    if not added:
        return network
    larger = BertTransformer.from_config(
        {**network.get_config(), "vocabulary_size": extended.vocabulary_size}
    )
    larger.build()
    table = network.token_embedding.numpy()
    words = subwords.cut_words(tf.constant([subword.strip("[]#") for subword in added])).to_list()
    rows = [table[ids].mean(axis=0) if ids else table.mean(axis=0) for ids in words]
    for weight, old in zip(larger.weights, network.weights, strict=True):
        weight.assign(np.concatenate([table, rows]) if old is network.token_embedding else old)
    return larger


def pretrain(
    network: BertTransformer,
    subwords: WordPieceIds,
    documents: tf.RaggedTensor,
    held_out: tf.RaggedTensor,
    config: PretrainingConfig,
    folder: str | Path,
    *,
    seed: int = 0,
    resume: bool = False,
    verbose: int = 1,
) -> dict[str, list[float]]:
    """Train the network in place until its epochs are done, and restore the weights of the best one.

    Args:
        network: The encoder.
        subwords: The encoder's tokeniser.
        documents: Ids of the subwords of each document, int32, ragged ``(documents, subwords)``.
        held_out: Documents to evaluate on, hidden in the same way after each epoch.
        config: Objective, epochs, rates.
        folder: Where checkpoints and ``history.csv`` go.
        seed: Seed of order, masking and dropout.
        resume: Go on from the checkpoint in the folder, if there is one.
        verbose: Whether progress is shown, as in Keras' `fit`.

    Returns:
        The history; ``val_perplexity`` is exp of the mean cross-entropy of the guesses.
    """
    folder = Path(folder)
    hide = _hiding(subwords, config)
    steps = -(-int(documents.nrows()) // config.batch_size)
    model = LanguageModel(network)
    model.build()
    total = steps * config.epochs
    optimizer = PartwiseAdam(
        WarmUp(config.learning_rate, total, max(total // 10, 1) if total > 1 else 0),
        weight_decay=0.01,
        undecayed=("bias", "embedding", "gamma", "beta"),
        global_clipnorm=1.0,
    )
    model.compile(optimizer=optimizer)
    stopping = ResumableEarlyStopping(folder / "checkpoint", "val_cross_entropy", config.epochs)
    done = stopping.resume(model) if resume else 0
    validation = _batches(held_out, config.batch_size, hide, seed=seed + 1, endless=False)
    callbacks = [
        keras.callbacks.TerminateOnNaN(),
        stopping,
        keras.callbacks.CSVLogger(str(folder / "history.csv"), append=done > 0),
    ]
    model.fit(
        _batches(documents, config.batch_size, hide, seed=seed, first_epoch=done),
        validation_data=validation.repeat(),
        validation_steps=-(-int(held_out.nrows()) // config.batch_size),
        epochs=config.epochs,
        initial_epoch=done,
        steps_per_epoch=steps,
        shuffle=False,
        callbacks=callbacks,
        verbose=verbose,
    )
    history = dict(stopping.history)
    history["val_perplexity"] = [math.exp(min(value, 700.0)) for value in history["val_cross_entropy"]]
    return history


def _hiding(subwords: WordPieceIds, config: PretrainingConfig) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    if config.objective == "causal":
        return lambda ids, seed: next_subwords(ids)
    return Masking(subwords, config.mask_rate, config.whole_word)


def _batches(
    documents: tf.RaggedTensor,
    batch_size: int,
    hide: Callable[..., tuple[tf.Tensor, tf.Tensor]],
    *,
    seed: int,
    first_epoch: int = 0,
    endless: bool = True,
) -> tf.data.Dataset:
    """Batches of documents of about one length, hidden anew in each epoch."""
    lengths, rows = documents.row_lengths(), int(documents.nrows())
    epochs = tf.data.Dataset.range(first_epoch, first_epoch + 1 if not endless else 1_000_000)

    def batches(epoch: tf.Tensor) -> tf.data.Dataset:
        order = epoch_batches(rows, batch_size, (seed, tf.cast(epoch, tf.int32)), lengths)
        return order.enumerate().map(
            lambda number, indices: hide(
                tf.gather(documents, indices).to_tensor(0), (seed + 1, epoch * 100_003 + number)
            ),
            tf.data.AUTOTUNE,
        )

    return epochs.flat_map(batches).prefetch(tf.data.AUTOTUNE)
