"""``signature.md``: how to call a SavedModel, generated from the SavedModel itself."""

from __future__ import annotations

import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.serving.served_model import ServedModel

_TYPES = {tf.string.as_datatype_enum: "string", tf.float32.as_datatype_enum: "float32"}
_MISSING = {"string": '`""`', "float32": "`NaN`"}
_SECOND = {"action_probabilities": "actions"}
_MEANING = {
    "intent_strength": "probability of a purchase, in [0, 1]",
    "intent_strength_spread": "standard deviation of the members' probabilities",
    "action_probabilities": "probabilities of the strongest action: `none`, `click`, `cart`, `purchase`",
    "classes": "`no purchase`, `purchase`",
    "scores": "probabilities of the classes",
    "outputs": "probability of a purchase, in [0, 1]",
}


def signature_page(model: ServedModel) -> str:
    """Write the page as Markdown.

    Args:
        model: The version to document.
    """
    parts = [_HEAD]
    for name, signature in model.signatures.items():
        parts += [f"## `{name}`", "", f"Method: `{signature.method_name}`", ""]
        parts += ["| input | type | shape | missing |", "|---|---|---|---|"]
        for key in sorted(signature.inputs):
            info = signature.inputs[key]
            kind = _TYPES[info.dtype]
            missing = _MISSING[kind] if name == "serving_default" else "leave the feature out"
            shape = _shape(info, "events")
            parts.append(f"| `{key}` | {kind} | {shape} | {missing} |")
        parts += ["", "| output | type | shape | meaning |", "|---|---|---|---|"]
        for key in sorted(signature.outputs):
            info = signature.outputs[key]
            shape = _shape(info, _SECOND.get(key, "classes"))
            parts.append(f"| `{key}` | {_TYPES[info.dtype]} | {shape} | {_MEANING[key]} |")
        parts.append("")
    return "\n".join([*parts, _FOOT])


def _shape(info: meta_graph_pb2.TensorInfo, second: str) -> str:
    return f"(batch, {second})" if len(info.tensor_shape.dim) == 2 else "(batch,)"


_HEAD = """\
# Signatures

Every input of `serving_default` must be given. A value that is not known is given as the missing value. A
sequence column has one entry an event; within a request all sequence columns have the same length, and
shorter sessions are padded at the end with the missing value. Texts are UTF-8. JSON takes `NaN` as it
stands. An `inputs` of the other two signatures is a serialised `tf.train.Example` whose features are the
columns of `serving_default`: float lists and bytes lists.
"""

_FOOT = """\
## Call it

    docker run -p 8501:8501 -p 8500:8500 -e MODEL_NAME=shop \\
        -v "$(realpath ..)":/models/shop tensorflow/serving
    curl http://localhost:8501/v1/models/shop:predict -d @assets.extra/golden_request_row.json

The answer must be `assets.extra/golden_response_row.json`, to six decimals. In Python:

    from intent_tf.serving import Client
    probabilities = Client("http://localhost:8501/v1/models/shop").predict(frame)
"""
