"""BERT in Hugging Face's form: a folder of ``config.json``, ``model.safetensors`` and ``vocab.txt``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from intent_tf.errors import InputError, require
from intent_tf.layers.bert.transformer import BertTransformer

_ACTIVATIONS = ("gelu", "gelu_pytorch_tanh")
#: Names of the sizes of a network, there and here.
_SIZES = {
    "vocab_size": "vocabulary_size",
    "num_hidden_layers": "num_layers",
    "hidden_size": "hidden_dim",
    "num_attention_heads": "num_heads",
    "intermediate_size": "intermediate_dim",
    "max_position_embeddings": "max_sequence_length",
}
_EXPECTED = "a BERT of Hugging Face's form: config.json, model.safetensors and vocab.txt"


def read_hugging_face(folder: str | Path, **options: Any) -> BertTransformer:
    """Read the network of a folder, with its weights.

    Args:
        folder: Holds ``config.json`` and ``model.safetensors``.
        **options: Further arguments of `BertTransformer`, such as ``dropout``.

    Raises:
        InputError: If the folder holds no such network, or its weights do not fit its configuration.
    """
    folder = Path(folder)
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"config.json cannot be read ({error})", file=folder, expected=_EXPECTED) from error
    kind = config.get("model_type")
    if kind != "bert" or config.get("hidden_act", "gelu") not in _ACTIVATIONS:
        raise InputError(f"holds a network of type {kind!r}", file=folder, expected=_EXPECTED)
    numpy = require("safetensors.numpy", "bert")
    try:
        tensors = numpy.load_file(folder / "model.safetensors")
    except (OSError, ValueError, require("safetensors", "bert").SafetensorError) as error:
        raise InputError(
            f"model.safetensors cannot be read ({error})", file=folder, expected=_EXPECTED
        ) from error
    network = BertTransformer(
        **{ours: config[theirs] for theirs, ours in _SIZES.items()},
        layer_norm_epsilon=config.get("layer_norm_eps", 1e-12),
        causal=config.get("is_decoder", False),
        tanh_gelu=config.get("hidden_act") == _ACTIVATIONS[True],
        **options,
    )
    network.build()
    assign_tensors(network, tensors, folder)
    return network


def write_hugging_face(network: BertTransformer, folder: str | Path) -> None:
    """Write ``config.json`` and ``model.safetensors``, as `read_hugging_face` and others read them."""
    folder, tensors = Path(folder), {}
    for name, weight, index in _names(network):
        value = np.asarray(weight)[..., index]
        tensors[name] = np.ascontiguousarray(value if "embeddings." in name else value.T, np.float32)
    require("safetensors.numpy", "bert").save_file(
        tensors, folder / "model.safetensors", metadata={"format": "pt"}
    )
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "pad_token_id": 0,
        "hidden_act": _ACTIVATIONS[network.tanh_gelu],
        **{theirs: getattr(network, ours) for theirs, ours in _SIZES.items()},
        "type_vocab_size": 2,
        "layer_norm_eps": network.layer_norm_epsilon,
        "hidden_dropout_prob": network.dropout,
        "attention_probs_dropout_prob": 0.0,
        "is_decoder": network.causal,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def assign_tensors(network: BertTransformer, tensors: dict[str, np.ndarray], file: object) -> None:
    """Set a network's weights to tensors with Hugging Face's names.

    Raises:
        InputError: If one is missing or of another shape.
    """
    tensors = {_today(name): value for name, value in tensors.items()}
    for name, weight, index in _names(network):
        if name not in tensors and name.startswith("pooler."):
            continue  # checkpoints of the language model have none
        value = np.asarray(weight).copy()
        tensor = tensors.get(name)
        if tensor is not None and "embeddings." not in name:
            tensor = tensor.T
        if tensor is None or tensor.shape != value[..., index].shape:
            shape = None if tensor is None else tensor.shape
            raise InputError(
                f"the weight {name!r} is {'missing' if shape is None else f'of shape {shape}'}",
                expected=f"shape {value[..., index].shape}, as the configuration says",
                file=file,
            )
        value[..., index] = tensor
        weight.assign(value)


def _today(name: str) -> str:
    """Translate a weight's name of older files or of a larger network."""
    return name.removeprefix("bert.").replace("gamma", "weight").replace("beta", "bias")


def _names(network: BertTransformer) -> Iterator[tuple[str, keras.Variable, slice]]:
    """Each tensor's name there, our weight, and which of its columns it is."""
    everything = slice(None)
    yield "embeddings.word_embeddings.weight", network.token_embedding, everything
    yield "embeddings.position_embeddings.weight", network.position_embedding, everything
    yield "embeddings.token_type_embeddings.weight", network.type_embedding, everything
    yield from _of("embeddings.LayerNorm", network.norm)
    for index, block in enumerate(network.blocks):
        prefix = f"encoder.layer.{index}."
        for third, part in enumerate(("query", "key", "value")):
            columns = slice(third * network.hidden_dim, (third + 1) * network.hidden_dim)
            yield from _of(f"{prefix}attention.self.{part}", block.attend, columns)
        yield from _of(f"{prefix}attention.output.dense", block.project)
        yield from _of(f"{prefix}attention.output.LayerNorm", block.attention_norm)
        yield from _of(f"{prefix}intermediate.dense", block.up)
        yield from _of(f"{prefix}output.dense", block.down)
        yield from _of(f"{prefix}output.LayerNorm", block.output_norm)
    yield from _of("pooler.dense", network.pooler)


def _of(
    name: str, layer: keras.layers.Layer, columns: slice = slice(None)
) -> Iterator[tuple[str, keras.Variable, slice]]:
    weight = layer.kernel if isinstance(layer, keras.layers.Dense) else layer.gamma
    yield f"{name}.weight", weight, columns
    yield f"{name}.bias", layer.bias if isinstance(layer, keras.layers.Dense) else layer.beta, columns
