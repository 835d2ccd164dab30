"""BERT from KerasHub's presets."""

from pathlib import Path
from typing import Any

import numpy as np

from intent_tf.errors import InputError, require
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.models.bert.hugging_face import assign_tensors


def is_preset(folder: str | Path) -> bool:
    """Tell whether this is KerasHub's to load: no local folder, or one that KerasHub wrote."""
    return not Path(folder).is_dir() or "keras_hub" in _text(Path(folder, "config.json"))


def read_preset(preset: str, options: dict[str, Any]) -> tuple[BertTransformer, tuple[str, ...], bool]:
    """Read network, vocabulary and whether texts are lower-cased.

    Args:
        preset: Name, handle or folder.
        options: Further arguments of `BertTransformer`.

    Raises:
        InputError: If it is not there, cannot be fetched, or is no BERT.
    """
    models = require("keras_hub", "bert").models
    try:
        backbone = models.BertBackbone.from_preset(preset)
        tokenizer = models.BertTokenizer.from_preset(preset)
    # KerasHub passes on what Kaggle, Hugging Face and the network raise, each of its own kind.
    except Exception as error:
        first = str(error).strip().splitlines()[0]
        raise InputError(
            f"no BERT can be had from {preset!r} ({type(error).__name__}: {first})",
            expected="a folder in Hugging Face's or KerasHub's form, or the name of a preset of BERT",
            remedy="without a network, download the folder elsewhere and give its path",
        ) from error
    network = BertTransformer(
        backbone.vocabulary_size,
        backbone.num_layers,
        backbone.hidden_dim,
        backbone.num_heads,
        backbone.intermediate_dim,
        backbone.max_sequence_length,
        tanh_gelu=True,
        **options,
    )
    network.build()
    assign_tensors(network, _tensors(backbone), preset)
    return network, tuple(tokenizer.get_vocabulary()), bool(tokenizer.lowercase)


def _tensors(backbone: Any) -> dict[str, np.ndarray]:
    """Name KerasHub's weights as Hugging Face does, in its shapes."""
    tensors: dict[str, np.ndarray] = {
        "embeddings.word_embeddings.weight": np.asarray(backbone.token_embedding.embeddings)
    }
    position, segment = (backbone.get_layer(f"{name}_embedding") for name in ("position", "segment"))
    tensors["embeddings.position_embeddings.weight"] = np.asarray(position.position_embeddings)
    tensors["embeddings.token_type_embeddings.weight"] = np.asarray(segment.embeddings)

    def put_layer(name: str, layer: Any, rows: int | None = None) -> None:
        """Heads are axes of their own there."""
        norm = hasattr(layer, "gamma")
        weight, bias = (layer.gamma, layer.beta) if norm else (layer.kernel, layer.bias)
        kernel = np.asarray(weight)
        tensors[f"{name}.weight"] = (kernel if rows is None else kernel.reshape(rows, -1)).T
        tensors[f"{name}.bias"] = np.asarray(bias).ravel()

    put_layer("embeddings.LayerNorm", backbone.get_layer("embeddings_layer_norm"))
    width = backbone.hidden_dim
    for index in range(backbone.num_layers):
        block, prefix = backbone.get_layer(f"transformer_layer_{index}"), f"encoder.layer.{index}."
        attention = block._self_attention_layer
        for part in ("query", "key", "value"):
            put_layer(f"{prefix}attention.self.{part}", getattr(attention, f"_{part}_dense"), width)
        put_layer(f"{prefix}attention.output.dense", attention._output_dense, width)
        put_layer(f"{prefix}attention.output.LayerNorm", block._self_attention_layer_norm)
        put_layer(f"{prefix}intermediate.dense", block._feedforward_intermediate_dense)
        put_layer(f"{prefix}output.dense", block._feedforward_output_dense)
        put_layer(f"{prefix}output.LayerNorm", block._feedforward_layer_norm)
    put_layer("pooler.dense", backbone.get_layer("pooled_dense"))
    return tensors


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
