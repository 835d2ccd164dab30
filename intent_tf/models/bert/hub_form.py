"""BERT in TF-Hub's form: a SavedModel from ids to vectors, and one from strings to ids beside it."""

import json
from collections.abc import Callable
from pathlib import Path

import tensorflow as tf

from intent_tf.data.output_folder import OutputFolder
from intent_tf.errors import InputError, require
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.models.bert.hugging_face import write_hugging_face
from intent_tf.text.wordpiece import WordPieceIds

#: The three inputs of an encoder, as TF-Hub names them.
INPUTS = ("input_word_ids", "input_mask", "input_type_ids")


_SAVED_MODEL = ("saved_model.pb", "fingerprint.pb", "variables/variables.*", "assets/*")
#: What `write_hub_form` writes, as `OutputFolder` takes it.
HUB_FILES = (
    *_SAVED_MODEL,
    *(f"preprocessor/{name}" for name in _SAVED_MODEL),
    "config.json",
    "model.safetensors",
    "vocab.txt",
    "tokenizer_config.json",
)


def write_hub_form(
    network: BertTransformer, subwords: WordPieceIds, folder: str | Path, overwrite: bool = False
) -> None:
    """Write a folder that ``hub.load``, ``BertEncoder`` and Hugging Face's libraries can load.

    ::

        saved_model.pb, variables/, assets/   the encoder: ids to pooled_output and sequence_output
        preprocessor/                         strings (batch,) to the encoder's inputs; needs TF Text's ops
        config.json, model.safetensors, vocab.txt, tokenizer_config.json   the same in Hugging Face's form

    The encoder holds core TensorFlow ops only. It is written aside and then moved into its place, so that
    the folder is there whole or not at all.

    Args:
        network: The encoder.
        subwords: The encoder's tokeniser.
        folder: The folder to write. Of one that this function wrote before, its files are replaced.
        overwrite: Write into a folder that holds other files too, which stay as they are.

    Raises:
        InputError: If the folder cannot be written, or holds other files; see `OutputFolder`.
    """
    require("tensorflow_text", "bert")
    with OutputFolder(
        folder, "to_hub", HUB_FILES, overwrite=overwrite, option="overwrite=True"
    ).written() as new:
        vocabulary = new / "vocab.txt"
        vocabulary.write_text("\n".join(subwords.vocabulary) + "\n", encoding="utf-8")
        settings = {
            "do_lower_case": subwords.lower,
            "model_max_length": network.max_sequence_length,
            "tokenizer_class": "BertTokenizer",
        }
        (new / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
        write_hugging_face(network, new)
        encoder = _encoder(network, vocabulary, subwords.lower)
        tf.saved_model.save(encoder, str(new), signatures={"serving_default": encoder.serve})
        preprocessor = _preprocessor(subwords)
        tf.saved_model.save(
            preprocessor, str(new / "preprocessor"), signatures={"serving_default": preprocessor.serve}
        )


def read_vocabulary(folder: str | Path) -> tuple[Path, bool]:
    """Find the vocabulary of a folder in Hugging Face's form, and whether texts are lower-cased."""
    settings = Path(folder, "tokenizer_config.json")
    try:
        content = json.loads(settings.read_text(encoding="utf-8")) if settings.is_file() else {}
    except ValueError as error:
        raise InputError(f"cannot be read ({error})", file=settings, expected="JSON") from error
    return Path(folder, "vocab.txt"), bool(content.get("do_lower_case", True))


def _encoder(network: BertTransformer, vocabulary: Path, lower: bool) -> tf.train.Checkpoint:
    """Build what TF-Hub calls a reusable SavedModel of a text encoder."""
    ids = {name: tf.TensorSpec((None, None), tf.int32, name) for name in INPUTS}

    def encode(inputs: dict[str, tf.Tensor], training: bool) -> dict[str, tf.Tensor]:
        outputs = network(*(inputs[name] for name in INPUTS), training=training)
        return {**outputs, "default": outputs["pooled_output"]}

    call, serve = (tf.function(function, autograph=False) for function in (encode, _serving(encode)))
    for training in (False, True):
        call.get_concrete_function(ids, training)
    # A `tf.Module` would not let the attributes be called as TF-Hub calls them.
    encoder = tf.train.Checkpoint(
        variables=[weight.value for weight in network.weights],
        # The encoder is trainable as a whole, whatever the model that it stood in trained of it.
        trainable_variables=[weight.value for weight in network.weights],
        # What dropout draws from is no weight, but its graph uses it.
        seeds=[variable.value for variable in network.variables],
        do_lower_case=tf.Variable(lower, trainable=False),
    )
    encoder.regularization_losses = []
    encoder.vocab_file = tf.saved_model.Asset(str(vocabulary))
    encoder.__call__ = call
    encoder.serve = serve.get_concrete_function(**ids)
    return encoder


def _serving(encode: Callable[..., dict[str, tf.Tensor]]) -> Callable[..., dict[str, tf.Tensor]]:
    return lambda **inputs: encode(inputs, False)


def _preprocessor(subwords: WordPieceIds) -> tf.Module:
    module = tf.Module()

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, "inputs")], autograph=False)
    def serve(inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        ids = subwords(inputs)
        return dict(zip(INPUTS, (ids, tf.cast(ids != 0, tf.int32), tf.zeros_like(ids)), strict=True))

    module.__call__ = module.serve = serve
    return module
