from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.models.bert import BertTransformer
from intent_tf.options.pretrain import PretrainingConfig
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.training.language_model import LanguageModel
from intent_tf.training.pretraining import pretrain, with_subwords

PIECES = WordPieceIds(16, vocabulary=(*SPECIAL, *"abcdefghij"))


def documents(rows: int, seed: int) -> tf.RaggedTensor:
    """Each repeats one letter: what is hidden follows from what is not."""
    letters = np.random.default_rng(seed).integers(5, 15, rows)
    return tf.ragged.constant([[2, *[letter] * 8, 3] for letter in letters.tolist()], dtype=tf.int32)


def network(**options: object) -> BertTransformer:
    keras.utils.set_random_seed(0)
    return BertTransformer(
        15, num_layers=1, hidden_dim=16, num_heads=2, max_sequence_length=16, dropout=0.0, **options
    )


def trained(config: PretrainingConfig, folder: Path, model: BertTransformer, **options: object):
    return pretrain(model, PIECES, documents(256, 0), documents(64, 1), config, folder, verbose=0, **options)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory):
    config = PretrainingConfig(epochs=8, batch_size=16, learning_rate=1e-2)
    model = network()
    return model, trained(config, tmp_path_factory.mktemp("run"), model)


def test_hidden_pieces_are_learnt(pretrained) -> None:
    perplexity = pretrained[1]["val_perplexity"]
    assert len(perplexity) == 8
    assert perplexity[-1] < 3 < 0.8 * perplexity[0]


def test_perplexity_is_the_exponential_of_the_cross_entropy(pretrained) -> None:
    history = pretrained[1]
    expected = [math.exp(value) for value in history["val_cross_entropy"]]
    assert history["val_perplexity"] == pytest.approx(expected)


@pytest.mark.guard
def test_a_resumed_run_ends_with_the_weights_of_one_in_one_go(pretrained, tmp_path: Path) -> None:
    class PowerCutError(Exception):
        """A power cut."""

    config = PretrainingConfig(epochs=8, batch_size=16, learning_rate=1e-2)
    original = LanguageModel.fit

    def interrupted(self, *arguments, callbacks, **options):
        def crash(epoch: int, logs: object) -> None:
            if epoch == 3:
                raise PowerCutError

        cut = keras.callbacks.LambdaCallback(on_epoch_end=crash)
        return original(self, *arguments, callbacks=[*callbacks, cut], **options)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr(LanguageModel, "fit", interrupted)
        trained(config, tmp_path, network())
    model = network()
    history = trained(config, tmp_path, model, resume=True)
    assert history["val_perplexity"] == pytest.approx(pretrained[1]["val_perplexity"], rel=1e-4)
    for weight, expected in zip(model.get_weights(), pretrained[0].get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=1e-4)


@pytest.mark.guard
def test_a_causal_network_learns_the_next_piece(tmp_path: Path) -> None:
    config = PretrainingConfig(objective="causal", epochs=8, batch_size=16, learning_rate=1e-2)
    perplexity = trained(config, tmp_path, network(causal=True))["val_perplexity"]
    # Of nine subwords to guess the first cannot be known better than one in ten.
    assert 10 ** (1 / 9) * 0.95 < perplexity[-1] < 3


def test_an_untrained_network_is_as_perplexed_as_the_vocabulary_is_large() -> None:
    model = LanguageModel(network())
    model.compile()
    ids = documents(64, 2).to_tensor(0)
    found = model.evaluate(ids, ids, verbose=0, return_dict=True)
    assert math.exp(found["cross_entropy"]) == pytest.approx(15, rel=0.1)


def test_new_pieces_begin_as_the_words_in_them() -> None:
    pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
    old = network()
    old.build()
    extended = PIECES.extended(["[a]", "[b c]", "[好]"])
    larger = with_subwords(old, PIECES, extended)
    table, before = larger.token_embedding.numpy(), old.token_embedding.numpy()
    np.testing.assert_array_equal(table[:15], before)
    np.testing.assert_allclose(table[15], before[PIECES.id_of("a")])
    np.testing.assert_allclose(table[16], before[[PIECES.id_of("b"), PIECES.id_of("c")]].mean(axis=0))
    ids = tf.constant([[2, 7, 3]])
    np.testing.assert_array_equal(larger(ids)["sequence_output"], old(ids)["sequence_output"])
