"""A precomputed model gives the same probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.precomputed_text_cnn import PrecomputedTextCNN
from intent_tf.models.precomputed_model import precompute_extractors
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.served_model import ServedModel
from intent_tf.training.training import create_model


def test_texts_and_sessions_are_folded_and_nothing_else(shop_model) -> None:
    parts = precompute_extractors(shop_model).extractor.parts
    precomputed = {name for name, layer in parts.items() if isinstance(layer, PrecomputedTextCNN)}
    assert precomputed == {"text", "session"}
    assert parts["numbers"] is shop_model.extractor.parts["numbers"]


def test_in_float32_strengths_are_the_same_to_a_millionth(shop_model, shop_data) -> None:
    precomputed = precompute_extractors(shop_model).predict(shop_data.test)
    np.testing.assert_allclose(precomputed, shop_model.predict(shop_data.test), atol=1e-6, rtol=0)


@pytest.mark.guard
def test_a_folded_export_gives_the_same_strengths_on_raw_columns(shop_model, shop_data, tmp_path) -> None:
    export_saved_model(shop_model, tmp_path / "1", precompute="float32")
    frame = shop_data.test.frame
    served = ServedModel(tmp_path / "1").predict(frame)
    np.testing.assert_allclose(served, shop_model.predict(frame), atol=1e-6, rtol=0)


def test_a_model_without_tokens_has_nothing_to_fold(prepare_shop, shop, tiny) -> None:
    drop = ["title", "event_type", "elapsed", "price"]
    data = prepare_shop(shop, drop=drop, kinds={"browser": "category"})
    with pytest.raises(InputError, match="no extractor of tokens"):
        precompute_extractors(create_model(data, tiny))
