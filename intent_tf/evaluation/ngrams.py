"""Which runs of tokens moved a probability: read off the max-pooled positions, not guessed."""

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from intent_tf.columns.feature_batches import Features
from intent_tf.columns.rows import Rows
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.layers.text_cnn.text_windows import text_lengths, text_windows
from intent_tf.models.intent_model import IntentModel

_ROWS_AT_ONCE = 64


class Move(NamedTuple):
    """What a run of tokens did to the logit of one text."""

    tokens: tuple[int, ...]
    logit: float


def explain_texts(model: IntentModel, features: Features, part: str = "text") -> list[list[Move]]:
    """Find what each run of tokens contributed to the logit of its text.

    A filter of the extractor answers with its largest response over the windows of a text, so exactly one
    window speaks for it; that window is credited with the filter's output times the gradient of the
    ensemble's mean logit by it. A filter that is silent (0) moves nothing. The wide part is linear: each of
    its words and runs is credited with what it adds. Windows are told without the padding around the text.

    Args:
        model: A model whose extractor has a `TextCNN` for the part.
        features: The features of a batch of rows.
        part: ``text`` or ``session``.

    Returns:
        For each row the runs that moved it, the strongest first; each run once.

    Reference:
        Jacovi, Shalom & Goldberg (2018), Understanding Convolutional Neural Networks for Text Classification.
    """
    ids = tf.cast(features[part], tf.int32)
    moves: list[dict[tuple[int, ...], float]] = [defaultdict(float) for _ in range(ids.shape[0])]
    credit, index = _credits(model, features, part), 0
    layer: TextCNN = model.extractor.parts[part]
    for size, kernel in zip(layer.kernel_sizes, layer.kernels, strict=True):
        windows = _winning_windows(layer, ids, size, kernel.value)
        _add(moves, windows, credit[:, index : index + layer.filters])
        index += layer.filters
    if model.wide is not None and part == "text":
        runs, logits = _wide(model.wide, ids)
        _add(moves, runs, logits)
    ordered = [sorted(each.items(), key=lambda move: -abs(move[1])) for each in moves]
    return [[Move(tokens, logit) for tokens, logit in each if logit] for each in ordered]


def strongest_ngrams(
    model: IntentModel, rows: Rows, part: str = "text", *, listed: int = 15, least: int = 5, most: int = 2000
) -> list[dict[str, Any]]:
    """List the runs of tokens that moved probabilities up and down most, over many texts.

    Args:
        model: See `explain_texts`; a model without a `TextCNN` for the part has none.
        rows: Rows whose texts are looked at, such as the test rows.
        part: ``text`` or ``session``.
        listed: Runs of each direction at most. Defaults to 15.
        least: Texts that a run must have moved. Defaults to 5.
        most: Texts looked at, the first ones. Defaults to 2000.

    Returns:
        ``{"ngram": text, "texts": number, "logit": mean move in them, by weight}``, from the one that raised
        probabilities most in sum to the one that lowered them most.
    """
    if not isinstance(getattr(model.extractor, "parts", {}).get(part), TextCNN):
        return []
    total: dict[tuple[int, ...], np.ndarray] = defaultdict(lambda: np.zeros(3))
    for batch, _, weights in rows.batches(_ROWS_AT_ONCE).take(-(-most // _ROWS_AT_ONCE)):
        for weight, moves in zip(weights.numpy().tolist(), explain_texts(model, batch, part), strict=True):
            for tokens, logit in moves:
                total[tokens] += (1, weight, weight * logit)
    seen = [(tokens, n, logit, weight) for tokens, (n, weight, logit) in total.items() if n >= least]
    seen.sort(key=lambda move: -move[2])
    ends = [
        *[move for move in seen[:listed] if move[2] > 0],
        *[move for move in seen[-listed:] if move[2] < 0],
    ]
    words = model.preprocessor.vocabularies[part]
    glue = "" if part == "text" and model.preprocessor.tokenizer.kind == "characters" else " "
    return [
        {"ngram": glue.join(map(words.__getitem__, tokens)), "texts": int(n), "logit": float(logit / weight)}
        for tokens, n, logit, weight in ends
    ]


def _credits(model: IntentModel, features: Features, part: str) -> np.ndarray:
    """Each filter's output times the gradient of the mean logit by it, ``(batch, filters of all sizes)``."""
    vector = model.extractor(features, training=False)
    with tf.GradientTape() as tape:
        tape.watch(vector)
        logit = tf.reduce_mean(model.predictor(vector, training=False), axis=1)
    product = (tape.gradient(logit, vector) * vector).numpy()
    widths = {
        name: int(np.prod(layer.compute_output_shape((None, features[name].shape[1]))[1:]))
        for name, layer in model.extractor.parts.items()
    }
    before = sum(
        width for name, width in widths.items() if list(widths).index(name) < list(widths).index(part)
    )
    return np.asarray(product[:, before : before + widths[part]])


def _winning_windows(layer: TextCNN, ids: tf.Tensor, kernel_size: int, kernel: tf.Tensor) -> np.ndarray:
    """Ids of the window that speaks for each filter, ``(batch, filters, kernel_size)``."""
    windows = text_windows(ids, text_lengths(ids, 0), kernel_size, layer.padding == "same", padding=0)
    vectors = tf.gather(layer.embeddings.value, windows) * tf.cast(windows != 0, tf.float32)[..., None]
    responses = tf.einsum("jbwd,jdf->bwf", tf.cast(vectors, tf.float32), tf.cast(kernel, tf.float32))
    best = tf.argmax(responses, axis=1)  # (batch, filters)
    return tf.gather(tf.transpose(windows, [1, 2, 0]), best, batch_dims=1).numpy()


def _wide(wide: Any, ids: tf.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """List the wide part's runs, filled up with 0, ``(batch, runs, ngrams)``, and what each adds."""
    features = wide.features(ids)
    real = tf.cast(features != 0, tf.float32)
    weights = wide.scale * tf.gather(wide.table.value[:, 0], features) * real
    logits = weights * tf.math.rsqrt(tf.maximum(tf.reduce_sum(real, axis=1, keepdims=True), 1.0))
    tokens, runs = ids.numpy(), []
    for length in range(1, min(wide.ngrams, tokens.shape[1]) + 1):
        indices = tokens.shape[1] - length + 1
        run = np.zeros((len(tokens), indices, wide.ngrams), tokens.dtype)
        for offset in range(length):
            run[:, :, offset] = tokens[:, offset : offset + indices]
        runs.append(run)
    return np.concatenate(runs, axis=1), logits.numpy()


def _add(moves: list[dict[tuple[int, ...], float]], runs: np.ndarray, logits: np.ndarray) -> None:
    for row, index in zip(*np.nonzero(logits), strict=True):
        tokens = tuple(int(token) for token in runs[row, index] if token)
        if tokens:
            moves[row][tokens] += float(logits[row, index])
