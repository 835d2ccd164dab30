"""Times fine-tuning and prediction of a BERT, ours against the plain KerasHub recipe, on clothing reviews.

    python benchmarks/bert.py FOLDER_IN_HUGGING_FACE_FORM [ROWS]

KerasHub: `BertTextClassifier` with its preprocessor's fixed length of 128 pieces. Ours: the same checkpoint
in batches of reviews of about one length, padded to their longest. Both train with batches of 32 of the same
reviews, in turns, in this run; the last line is JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import keras_hub
import numpy as np
import tensorflow as tf

from intent_tf.data.datasets import DATASETS
from intent_tf.features.row_order import epoch_batches
from intent_tf.models.bert import BertEncoder

LENGTH, BATCH, TURNS = 128, 32, 3
Step = Callable[[], object]


def ours(folder: str, texts: np.ndarray, labels: np.ndarray) -> tuple[Step, Step]:
    encoder = BertEncoder.from_preset(folder, max_tokens=LENGTH)
    ids = tf.RaggedTensor.from_tensor(encoder.pieces(tf.constant(texts)), padding=0)
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, keras.layers.Dense(2)(encoder(inputs)))
    compiled(model)

    def batches(epoch: int) -> tf.data.Dataset:
        order = epoch_batches(len(texts), BATCH, (0, tf.constant(epoch)), ids.row_lengths())
        return order.map(lambda rows: (tf.gather(ids, rows).to_tensor(0), tf.gather(labels, rows)))

    return (lambda: model.fit(batches(0), verbose=0)), (lambda: model.predict(batches(0), verbose=0))


def kerashub(folder: str, texts: np.ndarray, labels: np.ndarray) -> tuple[Step, Step]:
    tokenizer = keras_hub.models.BertTokenizer.from_preset(folder)
    model = keras_hub.models.BertTextClassifier(
        keras_hub.models.BertBackbone.from_preset(folder),
        num_classes=2,
        preprocessor=keras_hub.models.BertTextClassifierPreprocessor(tokenizer, sequence_length=LENGTH),
    )
    compiled(model)
    fit = lambda: model.fit(texts, labels, batch_size=BATCH, verbose=0)  # noqa: E731
    return fit, lambda: model.predict(texts, batch_size=BATCH, verbose=0)


def compiled(model: keras.Model) -> None:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.AdamW(5e-5), loss=loss)


def main() -> None:
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 192
    frame = DATASETS["clothing_reviews"].examples().frame.head(rows)
    texts = frame[["Title", "Review Text"]].fillna("").agg("\n".join, axis=1).to_numpy(object)
    labels = frame["Recommended IND"].to_numpy(np.int32)
    ways = {"KerasHub": kerashub(sys.argv[1], texts, labels), "ours": ours(sys.argv[1], texts, labels)}
    seconds: dict[str, list[list[float]]] = {name: [[], []] for name in ways}
    for fit, predict in ways.values():  # traces
        fit(), predict()
    for _ in range(TURNS):
        for name, steps in ways.items():
            for kind, step in enumerate(steps):
                started = time.perf_counter()
                step()
                seconds[name][kind].append(time.perf_counter() - started)
    rates = {name: [rows / np.median(each) for each in kinds] for name, kinds in seconds.items()}
    print(f"{'examples/s':12}{'fine-tune':>12}{'predict':>12}")
    for name, (fit, predict) in rates.items():
        print(f"{name:12}{fit:12.1f}{predict:12.1f}")
    ratios = [a / b for a, b in zip(rates["ours"], rates["KerasHub"], strict=True)]
    print(f"{'ratio':12}{ratios[0]:12.2f}{ratios[1]:12.2f}")
    figures = {name: {"fine_tune": round(a, 1), "predict": round(b, 1)} for name, (a, b) in rates.items()}
    print(
        json.dumps({**figures, "ratio": {"fine_tune": round(ratios[0], 2), "predict": round(ratios[1], 2)}})
    )


if __name__ == "__main__":
    main()
