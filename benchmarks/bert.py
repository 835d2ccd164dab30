"""Times fine-tuning and prediction of a BERT, ours against the plain KerasHub recipe, on clothing reviews.

    python benchmarks/bert.py FOLDER_IN_HUGGING_FACE_FORM [ROWS]

KerasHub: `BertTextClassifier` with its preprocessor's fixed length of 128 subwords and Keras' AdamW.
Ours: the same checkpoint in batches of reviews of about one length, padded to their longest, with the
optimiser of `train`; with KerasHub's own pooling, [CLS], and with the mean, `train`'s default; in
float32, and with `--precision mixed_bfloat16`. All train with batches of 32, in turns, in this run.
KerasHub's batches are all of one shape, so that 192 reviews tell its rate; ours are as tight as an
epoch's only where enough rows are sorted together: 768 pad reviews of 81 subwords to 83, 96 would pad
them to 101. Figures are examples per second of processor time, all cores together, which a busy machine
disturbs least; the last line is JSON.
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

from intent_tf.columns.row_order import epoch_batches
from intent_tf.data.datasets import DATASETS
from intent_tf.models.bert import BertEncoder
from intent_tf.options.encoder import Pooling
from intent_tf.training.partwise_adam import PartwiseAdam

LENGTH, BATCH, TURNS, KERASHUB_ROWS = 128, 32, 2, 192
Step = Callable[[], object]


def ours(
    folder: str, texts: np.ndarray, labels: np.ndarray, pooling: Pooling, dtype: str
) -> tuple[Step, Step]:
    encoder = BertEncoder.from_preset(folder, max_tokens=LENGTH, pooling=pooling, dtype=dtype)
    ids = tf.RaggedTensor.from_tensor(encoder.subwords(tf.constant(texts)), padding=0)
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, keras.layers.Dense(2)(encoder(inputs)))
    compiled(model, PartwiseAdam(5e-5, weight_decay=0.01, global_clipnorm=1.0))

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
    compiled(model, keras.optimizers.AdamW(5e-5))
    fit = lambda: model.fit(texts, labels, batch_size=BATCH, verbose=0)  # noqa: E731
    return fit, lambda: model.predict(texts, batch_size=BATCH, verbose=0)


def compiled(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> None:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss)


def main() -> None:
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 768
    frame = DATASETS["clothing_reviews"].examples().frame.head(rows)
    texts = frame[["Title", "Review Text"]].fillna("").agg("\n".join, axis=1).to_numpy(object)
    labels = frame["Recommended IND"].to_numpy(np.int32)
    few = min(rows, KERASHUB_ROWS)
    ways = {"KerasHub": (few, kerashub(sys.argv[1], texts[:few], labels[:few]))}
    for pooling in ("cls", "mean"):
        for name, dtype in (("", "float32"), (", mixed precision", "mixed_bfloat16")):
            ways[f"ours, {pooling}{name}"] = rows, ours(sys.argv[1], texts, labels, pooling, dtype)
    rates: dict[str, list[list[float]]] = {name: [[], []] for name in ways}
    for turn in range(TURNS + 1):
        for name, (count, steps) in ways.items():
            for kind, step in enumerate(steps):
                started = time.process_time()
                step()
                if turn:  # the first one traces
                    rates[name][kind].append(count / (time.process_time() - started))
    medians = {name: [float(np.median(each)) for each in kinds] for name, kinds in rates.items()}
    print(f"{'examples / CPU s':28}{'fine-tune':>16}{'predict':>16}")
    for name, each in medians.items():
        times = [rate / plain for rate, plain in zip(each, medians["KerasHub"], strict=True)]
        cells = (f"{rate:.1f} ({ratio:.2f} x)" for rate, ratio in zip(each, times, strict=True))
        print(f"{name:28}" + "".join(f"{cell:>16}" for cell in cells))
    print(json.dumps({name: [round(rate, 2) for rate in each] for name, each in medians.items()}))


if __name__ == "__main__":
    main()
