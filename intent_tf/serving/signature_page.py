"""``signature.md``: how to call a SavedModel, generated from the SavedModel itself."""

import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from intent_tf.serving.markdown import code, prose, row
from intent_tf.serving.served_model import ServedModel

_TYPES = {dtype.as_datatype_enum: dtype.name for dtype in (tf.string, tf.float32, tf.int32)}
_MISSING = {"string": '`""`', "float32": "`NaN`", "int32": "always known"}
_SECOND = {"action_probabilities": "actions"}
_MEANING = {
    "intent_strength": "probability of a purchase, in [0, 1]",
    "intent_strength_spread": "standard deviation of the members' probabilities",
    "action_probabilities": "probabilities of the strongest action: `none`, `click`, `cart`, `purchase`",
    "classes": "`no purchase`, `purchase`",
    "scores": "probabilities of the classes",
    "outputs": "probability of a purchase, in [0, 1]",
    "specification": "the columns, their kinds, sequence groups and limits, as JSON",
}


def signature_page(model: ServedModel) -> str:
    """Write the page as Markdown.

    Args:
        model: The version to document.
    """
    parts = [_HEAD]
    cells = [each for each in model.specification.columns if each.written and not each.is_list]
    written = {each.name: prose(each.described) for each in cells}
    for name, signature in model.signatures.items():
        parts += [f"## {code(name)}", "", f"Method: {code(signature.method_name)}", ""]
        parts += [row("input", "type", "shape", "missing"), row(*["---"] * 4)]
        for key in sorted(signature.inputs):
            info = signature.inputs[key]
            kind = _TYPES[info.dtype]
            missing = _MISSING[kind] if name == "serving_default" else "leave the feature out"
            parts.append(row(code(key), written.get(key, kind), _shape(info, "events"), missing))
        parts += ["", row("output", "type", "shape", "meaning"), row(*["---"] * 4)]
        for key in sorted(signature.outputs):
            info = signature.outputs[key]
            shape = _shape(info, _SECOND.get(key, "classes"))
            parts.append(row(code(key), _TYPES[info.dtype], shape, _MEANING[key]))
        parts.append("")
    return "\n".join([*parts, _FOOT])


def _shape(info: meta_graph_pb2.TensorInfo, second: str) -> str:
    return f"(batch, {second})" if len(info.tensor_shape.dim) == 2 else "(batch,)"


_HEAD = """\
# Signatures

Two ways lead to the same probabilities:

- **Columns**, `serving_default`, by `:predict`: the fastest, for programs that hold tables. Every input must
  be given; a value that is not known is given as the missing value. A sequence column has one entry an event;
  within a request all of its rows have the same length, one at least, shorter ones padded at the end with
  anything, and the inputs `…_length` tell how many events of each row are real, of an empty one 0. A value of
  a wrong type fails its request. TF Serving takes `NaN` as it stands; JSON without `NaN` writes `-3e38`:
  every number of -1e38 and less is missing.
- **Rows**, the other two, by `:regress` and `:classify`: one JSON object a row, as any browser and language
  writes them. A list has any length (no `…_length` is sent), and a key that is left out is missing. Each row
  is read by itself.

Texts are UTF-8.

## What rows get

With a model's own columns in place of these:

    curl http://localhost:8501/v1/models/shop:regress -d '{"signature_name": "serving_examples_regress",
        "examples": [{"price": 3, "item_id": ["a", "b"]}, {}]}'

A whole number, such as `3`, is read where a number belongs. What does not fit counts as missing, in its row
and column only, and no error tells of it: a text where a number belongs, a number where a text belongs (write
`"38"`), several values where one belongs. A column that the model does not know is left alone. TF Serving
itself refuses a request with `null`, or with a list in which some numbers have a point and others none: write
`[1.0, 2.5]`; a program whose language writes `1` there calls `serving_default`.

By `:predict`, and in gRPC, a row is a serialised `tf.train.Example` with a float list or an int64 list for
numbers, a bytes list for texts. Of bytes that are no such message all is missing; one that is broken inside
fails the request.

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
