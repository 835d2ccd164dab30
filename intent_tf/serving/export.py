"""Writes a model as a SavedModel that TF Serving loads: raw columns in, probability out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import keras
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from intent_tf.columns.subword_preprocessor import IDS
from intent_tf.layers.text_cnn.precomputed_text_cnn import Storage
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.precomputed_model import precompute_extractors
from intent_tf.serving.golden import write_golden
from intent_tf.serving.sample_rows import sample_rows
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.signature_page import signature_page
from intent_tf.serving.tf_examples import parse_examples
from intent_tf.serving.warm_up import write_warm_up

#: The ops of TF Text that cut documents into subwords, with the libraries of its Python package that hold
#: them.
_TEXT_OPS = {
    "FastBertNormalize": "tensorflow_text/python/ops/_fast_bert_normalizer.so",
    "FastWordpieceTokenizeWithOffsets": "tensorflow_text/python/ops/_fast_wordpiece_tokenizer.so",
}
#: The name of the output, everywhere.
OUTPUT = "intent_strength"
#: The standard deviation of the members' probabilities, where the predictor has several.
SPREAD = "intent_strength_spread"
#: The probabilities of what shoppers do at most, where labels were graded.
ACTIONS = "action_probabilities"
#: What the Classify API answers, in the order of its scores.
CLASSES = ("no purchase", "purchase")
#: The signatures of a SavedModel, and the method of TF Serving's API that each is for.
SIGNATURES = {
    "serving_default": "tensorflow/serving/predict",
    "serving_examples": "tensorflow/serving/classify",
    "serving_examples_regress": "tensorflow/serving/regress",
}


def export_saved_model(model: IntentModel, folder: Path, precompute: Storage | None = None) -> None:
    """Write a SavedModel, and what TF Serving and its clients want beside it.

    Its signatures hold core TensorFlow operations only, and take any number of rows:

    - ``serving_default``: the named raw columns (`Preprocessor.input_signature`) to ``intent_strength``,
      float32 ``(batch,)`` in [0, 1], and, if the predictor has several members,
      ``intent_strength_spread``, float32 ``(batch,)``: the standard deviation of their probabilities; and, if
      it was trained on graded labels, ``action_probabilities``, float32 ``(batch, 4)``: of none, click, cart
      and purchase being the strongest action that follows.
    - ``serving_examples``: ``inputs``, serialised `tf.train.Example` ``(batch,)``, to ``classes`` and
      ``scores``, both ``(batch, 2)``, for the Classify API.
    - ``serving_examples_regress``: the same ``inputs`` to ``outputs`` ``(batch,)``, for the Regress API.

    Beside ``saved_model.pb``, ``variables/`` and ``assets/`` it writes ``signature.md``, which documents
    them, and in ``assets.extra/`` warm-up requests and golden requests with their responses, made of
    `sample_rows`: no row of the training data gets into the folder.

    Args:
        model: The trained model.
        folder: Created if need be.
        precompute: Type of the tables that take the place of embedding and convolution in extractors of
            tokens: faster, and with ``"float32"`` the same to 1e-6; see `precompute_extractors`. None leaves
            the model as it is.

    Raises:
        InputError: If there is nothing to fold.

    Example:
        >>> export_saved_model(model, Path("saved_models/shop/1"))  # doctest: +SKIP
    """
    model = model if precompute is None else precompute_extractors(model, precompute)
    # TensorFlow takes only the names of operations as names of arguments, a table has any others.
    signature = model.preprocessor.input_signature()
    arguments = {name: _argument(name, position) for position, name in enumerate(signature)}
    columns = {
        name: tf.TensorSpec(spec.shape, spec.dtype, arguments[name]) for name, spec in signature.items()
    }
    examples = tf.TensorSpec((None,), tf.string, "inputs")

    @tf.function(input_signature=[columns], autograph=False)  # so that the signatures share one graph
    def predict(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return _outputs(model, columns)

    def classify(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        probability = predict(parse_examples(inputs, signature))[OUTPUT]
        classes = tf.tile(tf.constant([CLASSES]), (tf.shape(probability)[0], 1))
        return {"classes": classes, "scores": tf.stack([1.0 - probability, probability], axis=1)}

    def regress(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"outputs": predict(parse_examples(inputs, signature))[OUTPUT]}

    archive = keras.export.ExportArchive()
    # The archive finds the weights that the endpoints use by itself, and writes those of what is tracked a
    # second time. It does not find lookup tables by itself, and only the preprocessor has some.
    archive.track(model.preprocessor)
    archive.add_endpoint("serving_default", predict, [columns])
    archive.add_endpoint("serving_examples", classify, [examples])
    archive.add_endpoint("serving_examples_regress", regress, [examples])
    archive.write_out(str(folder), verbose=False)
    _finish_signatures(folder, {argument: name for name, argument in arguments.items()})

    served, rows = ServedModel(folder), sample_rows(model.preprocessor)
    extra = folder / "assets.extra"
    extra.mkdir(exist_ok=True)
    write_warm_up(extra, served, rows)
    write_golden(extra, served, rows)
    (folder / "signature.md").write_text(signature_page(served), encoding="utf-8")


def export_token_ids(model: IntentModel, folder: Path) -> None:
    """Write a SavedModel of core TensorFlow ops only, for a model whose encoder's subwords need TF Text.

    Its signature ``serving_default`` takes, in place of the text columns, ``input_word_ids``: int32
    ``(batch, subwords)``, each row ``[CLS] text [SEP] session [SEP]`` in ids of the vocabulary that is
    written beside it as ``vocab.txt``, padded at the end with 0. The other columns are as they were; it gives
    ``intent_strength`` and its spread.

    Args:
        model: Its preprocessor is a `SubwordPreprocessor`.
        folder: Created if need be.
    """
    preprocessor = model.preprocessor
    texts = preprocessor.specification.of_kind("text")
    signature = {IDS: tf.TensorSpec((None, None), tf.int32, IDS)}
    for position, (name, spec) in enumerate(preprocessor.input_signature().items()):
        if name not in texts:
            signature[name] = tf.TensorSpec(spec.shape, spec.dtype, _argument(name, position))

    @tf.function(input_signature=[signature], autograph=False)
    def predict(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        unread = tf.fill((tf.shape(columns[IDS])[0],), "")
        return _outputs(model, {**dict.fromkeys(texts, unread), **columns})

    archive = keras.export.ExportArchive()
    archive.track(preprocessor)
    archive.add_endpoint("serving_default", predict, [signature])
    archive.write_out(str(folder), verbose=False)
    vocabulary = "\n".join(preprocessor.subwords.vocabulary)
    (folder / "vocab.txt").write_text(vocabulary + "\n", encoding="utf-8")


def op_libraries(folder: Path) -> tuple[str, ...]:
    """List the op libraries that a SavedModel needs beside TensorFlow's, by their place among packages."""
    saved_model = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    graph = saved_model.meta_graphs[0].graph_def
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    ops = {node.op for node in nodes}
    return tuple(library for op, library in _TEXT_OPS.items() if op in ops)


def encoder_notice(folder: Path) -> str:
    """Say what a server needs to run the SavedModel of a model with an encoder."""
    libraries = op_libraries(folder)
    if not libraries:
        return f"{folder} holds core TensorFlow ops only"
    return (
        f"{folder} holds TF Text ops: TF Serving has them since 2.2 (take the release of your TensorFlow, "
        f"{tf.__version__}); other programs load {', '.join(Path(each).name for each in libraries)} of the "
        f"package tensorflow-text first. {folder / 'token_ids'} takes ids of subwords and needs neither"
    )


def _outputs(model: IntentModel, columns: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Compute what ``model(columns)`` gives, and how far its members are apart on that calibrated scale."""
    logits, actions = model.heads(columns, training=False)
    members = tf.sigmoid(logits)
    calibrated = model.calibrator or tf.identity
    outputs = {OUTPUT: calibrated(tf.reduce_mean(members, axis=1))}
    if members.shape[1] > 1:
        each = tf.reshape(calibrated(tf.reshape(members, (-1,))), tf.shape(members))
        outputs[SPREAD] = tf.math.reduce_std(each, axis=1)
    if model.actions is not None:
        outputs[ACTIONS] = model.actions.probabilities(actions, outputs[OUTPUT])
    return outputs


def _argument(name: str, position: int) -> str:
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) else f"column_{position}"


def _finish_signatures(folder: Path, columns: Mapping[str, str]) -> None:
    """Name the inputs as the columns are named, and say which signature is for which API."""
    file = folder / "saved_model.pb"
    saved_model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    for name, method in SIGNATURES.items():
        signature = saved_model.meta_graphs[0].signature_def[name]
        signature.method_name = method
        for argument in sorted(signature.inputs):
            info = signature.inputs.pop(argument)
            signature.inputs[columns.get(argument, argument)].CopyFrom(info)
    file.write_bytes(saved_model.SerializeToString(deterministic=True))
    # It is a hash of the file as it was.
    (folder / "fingerprint.pb").unlink(missing_ok=True)
