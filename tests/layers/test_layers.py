"""What every layer of the room does: its configuration, its shapes, its errors."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf import layers
from intent_tf.trees import FittedTrees, Split, Tree

IDS = np.array([[3, 1, 2, 0], [5, 0, 0, 0]], "int32")
VECTORS = np.arange(10, dtype="float32").reshape(2, 5) / 10
KERNEL = {"kernel_initializer": "ones", "kernel_regularizer": "l2", "kernel_constraint": "max_norm"}
BIAS = {"bias_initializer": "ones", "bias_regularizer": "l1", "bias_constraint": "non_neg"}
EMBEDDINGS = {
    "embeddings_initializer": "ones",
    "embeddings_regularizer": "l2",
    "embeddings_constraint": "max_norm",
}
TREES = FittedTrees.of([Tree([Split(1, [np.float32(0.3)], True)], [1.0, 2.0])], list("abcde"), {2: ["x"]})
PREDICTOR = {name: value for name, value in {**KERNEL, **BIAS}.items() if "initializer" not in name}
LAYERS: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "ActionHead": ({"actions": ("none", "cart"), **KERNEL, **BIAS}, (VECTORS,)),
    "BertTransformer": (
        {
            "vocabulary_size": 9,
            "num_layers": 1,
            "hidden_dim": 4,
            "num_heads": 2,
            "intermediate_dim": 6,
            "max_sequence_length": 7,
            "dropout": 0.2,
            "causal": True,
            "layer_norm_epsilon": 1e-6,
            "tanh_gelu": True,
        },
        (IDS,),
    ),
    "Calibrator": ({"kind": "isotonic", "knots": 3}, (VECTORS[0],)),
    "CategoryEmbedding": ({"input_dims": (4, 3, 5, 2), "output_dim": 3, **EMBEDDINGS}, (IDS,)),
    "EnsembleDense": (
        {
            "units": 3,
            "ensemble_size": 2,
            "activation": "relu",
            "input_scale_initializer": "zeros",
            **KERNEL,
            **BIAS,
        },
        (VECTORS,),
    ),
    "HashedEmbedding": ({"num_bins": 5, "output_dim": 3, "num_hashes": 1, **EMBEDDINGS}, (IDS,)),
    "NormalScores": ({"knots": 4}, (VECTORS,)),
    "NumberEmbedding": ({"output_dim": 3, "num_bins": 2, **EMBEDDINGS}, (VECTORS, 0 * VECTORS)),
    "PrecomputedTextCNN": (
        {
            "input_dim": 9,
            "filters": 3,
            "kernel_sizes": [2, 3],
            "activation": "tanh",
            "padding": "same",
            "mask_zero": False,
            "storage": "int8",
        },
        (IDS,),
    ),
    "Predictor": (
        {
            "units": (4, 3),
            "ensemble_size": 2,
            "dropout": 0.2,
            "feature_blocks": (3, 2),
            "prior": 0.1,
            **PREDICTOR,
        },
        (VECTORS,),
    ),
    "TextCNN": (
        {
            "input_dim": 9,
            "output_dim": 4,
            "filters": 3,
            "kernel_sizes": [2, 3],
            "activation": "tanh",
            "padding": "same",
            "mask_zero": False,
            "use_bias": True,
            **EMBEDDINGS,
            **KERNEL,
            **BIAS,
        },
        (IDS,),
    ),
    "TransformerBlock": (
        {
            "num_heads": 2,
            "intermediate_dim": 6,
            "dropout": 0.2,
            "layer_norm_epsilon": 1e-6,
            "tanh_gelu": True,
        },
        (np.ones((2, 3, 4), "float32"), np.zeros((2, 1, 1, 3), "float32")),
    ),
    "MemberProbabilities": ({}, (VECTORS, VECTORS[:, :1])),
    "TreeEnsemble": ({"trees": TREES}, (VECTORS,)),
    "WideText": ({"input_dim": 9, "num_bins": 5, "ngrams": 3, "scale": 2.0, **EMBEDDINGS}, (IDS,)),
}
every = pytest.mark.parametrize("name", LAYERS)


def make(name: str) -> keras.layers.Layer:
    return getattr(layers, name)(**LAYERS[name][0])


@every
def test_a_configuration_holds_every_argument_and_gives_the_same_layer(name: str) -> None:
    layer = make(name)
    config = layer.get_config()
    assert set(LAYERS[name][0]) <= set(config)
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert restored.get_config() == config


@every
def test_a_configuration_tells_an_argument_from_its_default(name: str) -> None:
    options = LAYERS[name][0]
    required = {"input_dim", "input_dims", "vocabulary_size", "num_bins", "units", "trees"} & set(options)
    required |= {"ensemble_size"} if name == "EnsembleDense" else set()
    required |= {"num_heads", "intermediate_dim"} if name == "TransformerBlock" else set()
    default = getattr(layers, name)(**{key: options[key] for key in required}).get_config()
    config = make(name).get_config()
    same = {key for key in set(options) - required - {"use_bias"} if config[key] == default[key]}
    assert not same


@every
def test_the_shape_of_a_symbolic_output_is_that_of_the_output(name: str) -> None:
    layer, inputs = make(name), LAYERS[name][1]
    outputs = layer(*inputs)
    symbolic = layer(*(keras.KerasTensor((None, *x.shape[1:]), str(x.dtype)) for x in inputs))
    for output, told in zip(tf.nest.flatten(outputs), tf.nest.flatten(symbolic), strict=True):
        assert tuple(output.shape)[1:] == tuple(told.shape)[1:] and told.shape[0] is None


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"HashedEmbedding"}))
def test_an_input_that_is_no_batch_is_refused_with_its_shape(name: str) -> None:
    first, *others = LAYERS[name][1]
    with pytest.raises(ValueError, match=r"(?i)expected.*(found ndim|received)"):
        make(name)(first[0], *others)


@pytest.mark.parametrize(
    "name",
    [name for name, (_, inputs) in LAYERS.items() if inputs[0] is IDS],
)
def test_ids_of_floats_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="ids of type float32; expected integers"):
        make(name)(IDS.astype("float32"))


@pytest.mark.parametrize(
    "name", [name for name, (options, _) in LAYERS.items() if "kernel_regularizer" in options]
)
def test_a_regularizer_is_part_of_the_loss(name: str) -> None:
    layer = make(name)
    layer(*LAYERS[name][1])
    weights = [weight for weight in layer.trainable_weights if weight.regularizer is not None]
    assert len(layer.losses) == len(weights) > 1


def test_every_layer_that_is_exported_is_tested_here_or_in_a_file_of_its_own() -> None:
    elsewhere = {
        "BlockNormal",
        "CategoryIds",
        "CategorySpelling",
        "ParsedDates",
        "ParsedNumbers",
        "SetMembers",
    }
    text = {"NGrams", "Normaliser", "TokenIds", "Tokenizer", "WordPieceIds"}
    assert set(layers.__all__) == {*LAYERS, *elsewhere, *text}


@pytest.mark.parametrize(
    ("name", "argument", "value", "others"),
    [
        ("TextCNN", "kernel_sizes", 3, {"input_dim": 9}),
        ("PrecomputedTextCNN", "kernel_sizes", 3, {"input_dim": 9}),
        ("Predictor", "units", 8, {}),
        ("Predictor", "feature_blocks", 5, {}),
        ("CategoryEmbedding", "input_dims", 4, {}),
        ("CategoryIds", "columns", "month", {}),
        ("NGrams", "words", 2, {}),
        ("NGrams", "characters", np.int64(3), {}),
        ("Tokenizer", "stop_words", "the", {}),
    ],
)
def test_one_value_stands_for_a_sequence_of_it(
    name: str, argument: str, value: Any, others: dict[str, Any]
) -> None:
    layer = getattr(layers, name)(**{argument: value}, **others)
    assert tuple(layer.get_config()[argument]) == (value,)
