"""Texts become ids, and the vocabulary goes wherever the layer goes."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text import TokenIds, Tokenizer


def adapted(**options: int) -> TokenIds:
    layer = TokenIds(min_count=1, **options)
    layer.adapt(["the dress fits", "the dress", "the"])
    return layer


def ids(layer: TokenIds, *texts: str) -> list[list[int]]:
    return layer(tf.constant(texts)).numpy().tolist()


def test_ids_are_padding_unknown_then_the_vocabulary_by_count() -> None:
    assert ids(adapted(), "The dress fits me!", "dress") == [[2, 3, 4, 1, 1], [3, 0, 0, 0, 0]]


def test_ids_are_int32() -> None:
    assert adapted()(tf.constant(["the"])).dtype == tf.int32


def test_texts_without_tokens_are_one_padding_wide() -> None:
    assert ids(adapted(), "", " ") == [[0], [0]]


def test_an_empty_batch_is_one_padding_wide() -> None:
    assert adapted()(tf.constant([], tf.string)).shape == (0, 1)


def test_long_texts_are_cut_at_the_end() -> None:
    assert ids(adapted(max_tokens_per_text=2), "the dress fits", "fits") == [[2, 3], [4, 0]]


def test_vocabulary_size_counts_padding_and_unknown() -> None:
    assert adapted(oov_buckets=3).vocabulary_size == 1 + 3 + 3


def test_unknown_tokens_are_spread_over_their_buckets() -> None:
    unknown = {row[0] for row in ids(adapted(oov_buckets=4), *(f"unknown{i}" for i in range(100)))}
    assert unknown == {1, 2, 3, 4}


def test_known_tokens_never_fall_into_a_bucket() -> None:
    assert ids(adapted(oov_buckets=4), "the dress fits") == [[5, 6, 7]]


def test_without_a_vocabulary_a_call_says_what_to_do() -> None:
    with pytest.raises(InputError, match="Call adapt"):
        TokenIds()(tf.constant(["a"]))


def test_an_empty_vocabulary_makes_all_tokens_unknown() -> None:
    layer = TokenIds()
    layer.adapt(["once"])
    assert ids(layer, "once upon") == [[1, 1]]


@pytest.mark.parametrize("option", ["max_tokens_per_text", "oov_buckets"])
def test_sizes_must_be_positive(option: str) -> None:
    with pytest.raises(InputError, match=f"{option}=0; expected at least 1"):
        TokenIds(**{option: 0})


def test_keras_file_restores_the_vocabulary(tmp_path: Path) -> None:
    layer = TokenIds(Tokenizer(stop_words=("the",)), min_count=1)
    layer.adapt(["the dress fits", "naïve 裙子\n"])
    texts = keras.Input((), dtype="string")
    keras.Model(texts, layer(texts)).save(tmp_path / "model.keras")
    reloaded = keras.saving.load_model(tmp_path / "model.keras")
    batch = tf.constant(["the dress", "NAÏVE 裙子 unknown"])
    assert reloaded(batch).numpy().tolist() == layer(batch).numpy().tolist()


def test_saved_model_restores_the_vocabulary(tmp_path: Path) -> None:
    layer = adapted()
    texts = keras.Input((), dtype="string")
    keras.Model(texts, layer(texts)).export(tmp_path / "model", verbose=False)
    served = tf.saved_model.load(tmp_path / "model").serve(tf.constant(["The dress", "ＦＩＴＳ é"]))
    assert served.numpy().tolist() == [[2, 3], [4, 1]]


def test_saved_model_calls_no_python(tmp_path: Path) -> None:
    layer = adapted()
    texts = keras.Input((), dtype="string")
    keras.Model(texts, layer(texts)).export(tmp_path / "model", verbose=False)
    definition = tf.saved_model.load(tmp_path / "model").signatures["serving_default"].graph.as_graph_def()
    nodes = [*definition.node, *(node for body in definition.library.function for node in body.node_def)]
    assert {node.op for node in nodes} & {"PyFunc", "EagerPyFunc", "PyFuncStateless"} == set()


@pytest.mark.parametrize(
    "kind",
    [
        "characters",
        "whitespace",
        *(pytest.param(kind, marks=pytest.mark.guard) for kind in ("social", "treebank")),
    ],
)
def test_saved_model_holds_every_kind_of_tokeniser(kind: str, tmp_path: Path) -> None:
    layer = TokenIds(Tokenizer(kind, stop_words=("the",), numbers="0"), min_count=1)
    text = "The @dress: don't pay &lt;5 for https://x.co/漂亮 :D"
    layer.adapt([text])
    texts = keras.Input((), dtype="string")
    keras.Model(texts, layer(texts)).export(tmp_path / "model", verbose=False)
    served = tf.saved_model.load(tmp_path / "model").serve(tf.constant([text, "É"]))
    assert served.numpy().tolist() == layer(tf.constant([text, "É"])).numpy().tolist()


def test_layer_runs_in_tf_data() -> None:
    dataset = tf.data.Dataset.from_tensor_slices(["the dress", "fits"]).batch(2).map(adapted())
    assert next(iter(dataset)).numpy().tolist() == [[2, 3], [4, 0]]
