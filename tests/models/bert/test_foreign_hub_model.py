"""A TF-Hub style encoder that no code of ours has made, written with TensorFlow alone."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.models.bert import BertEncoder
from intent_tf.text.wordpiece import SPECIAL

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")

VOCABULARY = (*SPECIAL, "love", "bad", "red", "hat")
TEXTS = tf.constant(["love red hat", "bad hat", ""])
#: Not in the order of BERT's.
SIGNATURE = {
    name: tf.TensorSpec((None, None), tf.int32, name)
    for name in ("input_type_ids", "input_mask", "input_word_ids")
}


class Foreign(tf.Module):
    """Means of word vectors, moved by place and segment: an encoder by its inputs and outputs."""

    def __init__(self, vocabulary: Path) -> None:
        super().__init__()
        draw = tf.random.Generator.from_seed(3)
        self.words = tf.Variable(draw.normal((len(VOCABULARY), 8)), name="bert/word_embeddings/weights")
        self.indices = tf.Variable(draw.normal((16, 8)), name="bert/position_embeddings/weights")
        self.kinds = tf.Variable(draw.normal((2, 8)), name="bert/type_embeddings/weights")
        self.vocab_file = tf.saved_model.Asset(str(vocabulary))
        self.do_lower_case = tf.Variable(True, trainable=False)

    @tf.function(input_signature=[SIGNATURE, tf.TensorSpec((), tf.bool, "training")])
    def __call__(self, inputs, training):
        ids, mask = inputs["input_word_ids"], tf.cast(inputs["input_mask"], tf.float32)[..., None]
        sequence = tf.gather(self.words, ids) + self.indices[: tf.shape(ids)[1]]
        sequence = tf.where(training, 1.0, 1.0) * (sequence + tf.gather(self.kinds, inputs["input_type_ids"]))
        pooled = tf.tanh(tf.reduce_sum(sequence * mask, 1) / tf.reduce_sum(mask, 1))
        return {
            "encoder_outputs": [sequence],
            "default": pooled,
            "pooled_output": pooled,
            "sequence_output": sequence,
        }

    @tf.function(input_signature=list(SIGNATURE.values()))
    def serve(self, input_type_ids, input_mask, input_word_ids):
        inputs = {
            "input_type_ids": input_type_ids,
            "input_mask": input_mask,
            "input_word_ids": input_word_ids,
        }
        outputs = self(inputs, False)
        return {name: outputs[name] for name in ("sequence_output", "pooled_output")}


class SignatureOnly(tf.Module):
    """The same, of which a SavedModel keeps nothing to call but its signature."""

    def __init__(self, foreign: Foreign) -> None:
        super().__init__()
        self.foreign, self.vocab_file = foreign, foreign.vocab_file
        self.serve = foreign.serve


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    vocabulary = tmp_path_factory.mktemp("foreign") / "subwords.txt"
    vocabulary.write_text("\n".join(VOCABULARY) + "\n")
    return Foreign(vocabulary)


@pytest.fixture(scope="module", params=["callable", "signature"])
def folder(
    request: pytest.FixtureRequest, foreign: Foreign, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    module = foreign if request.param == "callable" else SignatureOnly(foreign)
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.serve})
    return folder


def opened(folder: Path) -> BertEncoder:
    return BertEncoder.from_hub(folder, trust=True, max_tokens=16, pooling="cls")


def test_its_vectors_come_out_whatever_the_order_of_its_inputs(foreign: Foreign, folder: Path) -> None:
    encoder = opened(folder)
    ids = encoder.subwords(TEXTS)
    assert ids[0].numpy().tolist() == [2, 5, 7, 8, 3]
    inputs = {"input_word_ids": ids, "input_mask": tf.cast(ids != 0, tf.int32), "input_type_ids": 0 * ids}
    np.testing.assert_allclose(encoder(TEXTS), foreign(inputs, False)["pooled_output"], rtol=0, atol=1e-6)


def test_its_variables_are_weights_that_learn(folder: Path) -> None:
    encoder = opened(folder)
    assert [tuple(weight.shape) for weight in encoder.trainable_weights] == [(9, 8), (16, 8), (2, 8)]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(encoder(TEXTS, training=True) ** 2)
    gradients = tape.gradient(loss, [weight.value for weight in encoder.trainable_weights])
    assert all(gradient is not None for gradient in gradients)


def test_what_it_has_learnt_is_in_a_keras_file(folder: Path, tmp_path: Path) -> None:
    encoder = opened(folder)
    encoder.trainable_weights[0].assign(encoder.trainable_weights[0] * 0.5)
    texts = keras.Input((), dtype="string")
    keras.Model(texts, encoder(texts)).save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(back(TEXTS), encoder(TEXTS), rtol=0, atol=1e-6)


def test_an_input_too_many_is_told(foreign: Foreign, tmp_path: Path) -> None:
    module = tf.Module()
    module.kept = foreign
    specs = [*SIGNATURE.values(), tf.TensorSpec((None,), tf.float32, "temperature")]
    module.serve = tf.function(lambda *inputs: foreign.serve(*inputs[:3]), input_signature=specs)
    tf.saved_model.save(module, str(tmp_path), signatures={"serving_default": module.serve})
    with pytest.raises(InputError, match=r"its signature is another one .*temperature"):
        opened(tmp_path)
