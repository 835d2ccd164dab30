"""Times tokenising in texts per second: NLTK, NLTK in the graph, stock TextVectorization, and ours.

    python benchmarks/text.py

All ways cut the same reviews in the same run, in turns: NLTK in Python, NLTK under ``tf.py_function`` (called
for each text, as `Dataset.map` does it, and for a whole batch), stock ``TextVectorization`` (which drops
punctuation), and this package's graph for each kind of tokeniser. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from nltk.tokenize import NLTKWordTokenizer, TweetTokenizer, WordPunctTokenizer

from intent_tf.data.datasets import DATASETS
from intent_tf.errors import InputError
from intent_tf.simulator.simulator import simulate
from intent_tf.text import TokenIds, Tokenizer

TEXTS, BATCH, TURNS = 8192, 1024, 7
NLTK = {
    "wordpunct": lambda text: WordPunctTokenizer().tokenize(text.lower()),
    "social": TweetTokenizer(preserve_case=False).tokenize,
    "treebank": lambda text: NLTKWordTokenizer().tokenize(text.lower()),
}


def texts() -> list[str]:
    try:
        found = DATASETS["clothing_reviews"].examples().frame["Review Text"].dropna()
    except InputError:
        found = pd.Series(simulate(TEXTS // 4).groupby("session_id")["text"].agg(" ".join))
    return list(found.head(TEXTS))


def text_by_text(cut: Callable[[str], list[str]]) -> Callable[[tf.Tensor], None]:
    """Map each text of a dataset through a `tf.py_function`, as tutorials do."""

    def cut_text(text: tf.Tensor) -> tf.Tensor:
        return tf.py_function(
            lambda each: tf.constant(cut(each.numpy().decode()), tf.string), [text], tf.string
        )

    def cut_batch(batch: tf.Tensor) -> None:
        for _ in tf.data.Dataset.from_tensor_slices(batch).map(cut_text, tf.data.AUTOTUNE):
            pass

    return cut_batch


def batch_by_batch(cut: Callable[[str], list[str]]) -> Callable[[tf.Tensor], tf.RaggedTensor]:
    def cut_batch(batch: tf.Tensor) -> tf.RaggedTensor:
        tokens = [cut(text.decode()) for text in batch.numpy()]
        flat = tf.constant([token for row in tokens for token in row], tf.string)
        return tf.RaggedTensor.from_row_lengths(flat, list(map(len, tokens)), validate=False)

    signature = tf.RaggedTensorSpec((None, None), tf.string)
    return lambda batch: tf.py_function(cut_batch, [batch], signature)


def ways(corpus: Sequence[str]) -> dict[str, tuple[Callable[[tf.Tensor], Any], int]]:
    """List what to time, and how many of the batches it gets."""
    stock = keras.layers.TextVectorization(20_000)
    stock.adapt(tf.constant(list(corpus)))
    ids = TokenIds()
    ids.adapt(corpus)
    batches = TEXTS // BATCH
    found: dict[str, tuple[Callable[[tf.Tensor], Any], int]] = {}
    for kind, cut in NLTK.items():
        found[f"NLTK {kind}, Python"] = (
            lambda batch, cut=cut: [cut(text.decode()) for text in batch.numpy()],
            1,
        )
        found[f"NLTK {kind}, tf.py_function a text"] = text_by_text(cut), 1
        found[f"NLTK {kind}, tf.py_function a batch"] = traced(batch_by_batch(cut)), 1
    found["TextVectorization, ids"] = traced(stock), batches
    found["ours wordpunct, ids"] = traced(ids), batches
    for kind in ("wordpunct", "characters", "social", "treebank"):
        found[f"ours {kind}, tokens"] = traced(Tokenizer(kind).call), batches
    return found


def traced(way: Callable[[tf.Tensor], Any]) -> Callable[[tf.Tensor], Any]:
    return tf.function(way, input_signature=[tf.TensorSpec((None,), tf.string)], autograph=False)


def main() -> None:
    corpus = texts()
    batches = [tf.constant(corpus[start : start + BATCH]) for start in range(0, len(corpus), BATCH)]
    timed = ways(corpus)
    seconds: dict[str, list[float]] = {name: [] for name in timed}
    for way, _ in timed.values():  # warm up
        way(batches[0][:8])
    for _ in range(TURNS):
        for name, (way, share) in timed.items():
            start = time.perf_counter()
            for batch in batches[:share]:
                way(batch)
            cut = sum(len(batch) for batch in batches[:share])
            seconds[name].append((time.perf_counter() - start) / cut)

    speed = {name: 1 / float(np.median(times)) for name, times in seconds.items()}
    print(f"{'way':36}{'texts/s':>12}")
    for name, rate in speed.items():
        print(f"{name:36}{rate:12,.0f}")
    ratios = {
        f"ours {kind} / NLTK under tf.py_function a {unit}": speed[f"ours {kind}, tokens"]
        / speed[f"NLTK {kind}, tf.py_function a {unit}"]
        for kind in NLTK
        for unit in ("text", "batch")
    }
    ratios["ours wordpunct / TextVectorization, ids"] = (
        speed["ours wordpunct, ids"] / speed["TextVectorization, ids"]
    )
    print()
    for name, ratio in ratios.items():
        print(f"{name:56}{ratio:8.2f} ×")
    texts_per_second = {name: round(rate) for name, rate in speed.items()}
    print(json.dumps({"texts_per_second": texts_per_second, "ratios": ratios}))


if __name__ == "__main__":
    main()
