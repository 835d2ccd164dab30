"""Writes a model as a SavedModel that TF Serving loads: raw columns in, probability out."""

from pathlib import Path

import keras
import tensorflow as tf

from intent_tf.columns.kinds.registry import prose
from intent_tf.columns.kinds.sequence import MAX_EVENTS
from intent_tf.columns.raw_columns import padded, with_lengths
from intent_tf.columns.safe_names import safe_names
from intent_tf.columns.subword_preprocessor import IDS
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.outputs import STRENGTH
from intent_tf.models.precomputed_model import precompute_extractors
from intent_tf.models.signature_names import rename_signatures
from intent_tf.options.run import Storage
from intent_tf.serving.golden import write_golden
from intent_tf.serving.sample_rows import sample_rows
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.signature_page import signature_page
from intent_tf.serving.specification_signature import NAME, add_specification
from intent_tf.serving.text_ops import op_libraries
from intent_tf.serving.tf_examples import read_examples
from intent_tf.serving.warm_up import write_warm_up

#: What the Classify API answers, in the order of its scores.
CLASSES = ("no purchase", "purchase")
#: The signatures of a SavedModel, and the method of TF Serving's API that each is for.
SIGNATURES = {
    "serving_default": "tensorflow/serving/predict",
    "serving_examples": "tensorflow/serving/classify",
    "serving_examples_regress": "tensorflow/serving/regress",
    NAME: "tensorflow/serving/predict",
}


def export_saved_model(model: IntentModel, folder: str | Path, precompute: Storage | None = None) -> None:
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
    - ``specification``: ``request``, string ``(batch,)``, to what clients must know of the columns, as JSON.

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
    folder = Path(folder)
    model = model if precompute is None else precompute_extractors(model, precompute)
    signature = model.preprocessor.input_signature()
    arguments = safe_names(signature)
    columns = {
        name: tf.TensorSpec(spec.shape, spec.dtype, arguments[name]) for name, spec in signature.items()
    }
    examples = tf.TensorSpec((None,), tf.string, "inputs")

    @tf.function(input_signature=[columns], autograph=False)  # so that the signatures share one graph
    def predict(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        outputs: dict[str, tf.Tensor] = model.output_model(model.preprocessor(columns))
        return outputs

    specification = model.preprocessor.specification
    columns_only = {each.name: signature[each.name] for each in specification.columns}

    def read(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        columns = read_examples(inputs, columns_only)
        # Cut before they are padded: one row of a million events must not make all others as long.
        for name in (each.name for each in specification.columns if each.is_list):
            columns[name] = columns[name][:, -MAX_EVENTS:]
        return padded(with_lengths(columns, specification))

    def classify(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        probability = predict(read(inputs))[STRENGTH]
        classes = tf.tile(tf.constant([CLASSES]), (tf.shape(probability)[0], 1))
        return {"classes": classes, "scores": tf.stack([1.0 - probability, probability], axis=1)}

    def regress(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"outputs": predict(read(inputs))[STRENGTH]}

    archive = keras.export.ExportArchive()
    # The archive finds the weights that the endpoints use by itself, and writes those of what is tracked a
    # second time. It does not find lookup tables by itself, and only the preprocessor has some.
    archive.track(model.preprocessor)
    archive.add_endpoint("serving_default", predict, [columns])
    archive.add_endpoint("serving_examples", classify, [examples])
    archive.add_endpoint("serving_examples_regress", regress, [examples])
    add_specification(archive, model.preprocessor)
    archive.write_out(str(folder), verbose=False)
    columns_of = {argument: name for name, argument in arguments.items()}
    rename_signatures(folder, columns_of, methods=SIGNATURES)

    served, rows = ServedModel(folder), sample_rows(model.preprocessor)
    extra = folder / "assets.extra"
    extra.mkdir(exist_ok=True)
    write_warm_up(extra, served, rows)
    write_golden(extra, served, rows)
    (folder / "signature.md").write_text(signature_page(served), encoding="utf-8")


def export_token_ids(model: IntentModel, folder: str | Path) -> None:
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
    texts = prose(preprocessor.specification)
    signature = {IDS: tf.TensorSpec((None, None), tf.int32, IDS)}
    columns_of = preprocessor.input_signature()
    for name, argument in safe_names(columns_of).items():
        if name not in texts:
            signature[name] = tf.TensorSpec(columns_of[name].shape, columns_of[name].dtype, argument)

    @tf.function(input_signature=[signature], autograph=False)
    def predict(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        unread = dict.fromkeys(texts, tf.fill((tf.shape(columns[IDS])[0],), ""))
        outputs: dict[str, tf.Tensor] = model.output_model(preprocessor({**unread, **columns}))
        return outputs

    archive = keras.export.ExportArchive()
    archive.track(preprocessor)
    archive.add_endpoint("serving_default", predict, [signature])
    archive.write_out(str(folder), verbose=False)
    vocabulary = "\n".join(preprocessor.subwords.vocabulary)
    Path(folder, "vocab.txt").write_text(vocabulary + "\n", encoding="utf-8")


def encoder_notice(folder: str | Path) -> str:
    """Say what a server needs to run the SavedModel of a model with an encoder."""
    libraries = op_libraries(folder)
    if not libraries:
        return f"{folder} holds core TensorFlow ops only"
    return (
        f"{folder} holds TF Text ops: TF Serving has them since 2.2 (take the release of your TensorFlow, "
        f"{tf.__version__}); other programs load {', '.join(Path(each).name for each in libraries)} of the "
        f"package tensorflow-text first. {Path(folder, 'token_ids')} takes ids of subwords and needs neither"
    )
