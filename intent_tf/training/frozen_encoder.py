"""A model whose encoder has read every document beforehand."""

from collections.abc import Mapping
from typing import Any

import keras

from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.models.feature_extractor import FeatureExtractor
from intent_tf.models.intent_model import IntentModel


class EncodedDocuments(keras.layers.Layer):
    """A preprocessor whose feature ``text`` is the vector that a frozen encoder gives.

    Args:
        preprocessor: Makes documents of an encoder's subwords.
        encoder: The encoder.
    """

    def __init__(self, preprocessor: Preprocessor, encoder: BertEncoder) -> None:
        super().__init__(autocast=False)
        self.preprocessor = preprocessor
        self.encoder = encoder
        self.specification = preprocessor.specification
        self.keras_inputs = preprocessor.keras_inputs

    def call(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Preprocess and encode a batch."""
        features = self.preprocessor(inputs)
        return {**features, "text": self.encoder(features["text"], training=False)}


def frozen(model: IntentModel) -> IntentModel:
    """Return a model of the same layers that learns what follows its encoder, from the encoder's vectors.

    Args:
        model: A compiled model with an encoder.
    """
    parts, rate = model.extractor.parts, model.extractor.dropout.rate
    behind = FeatureExtractor({**parts, "text": keras.layers.Identity(name="vector")}, rate, name="behind")
    preprocessor = EncodedDocuments(model.preprocessor, parts["text"])
    return model.with_parts(preprocessor=preprocessor, extractor=behind)
