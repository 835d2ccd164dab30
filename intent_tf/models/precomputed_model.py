"""A model for serving whose extractors of tokens look their products up."""

from intent_tf.errors import InputError
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.models.feature_extractor import FeatureExtractor
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.run import Storage


def precompute_extractors(model: IntentModel, storage: Storage = "float32") -> IntentModel:
    """Replace embedding and convolution of each `TextCNN` in a model by a table of their products.

    Args:
        model: A trained model.
        storage: Type of the tables: ``"float32"`` gives the same to 1e-6; ``"bfloat16"`` and ``"int8"`` are
            smaller and cost accuracy, see `intent_tf.evaluation.precompute_cost`.

    Returns:
        A model for prediction that shares all other layers with the given one, which stays as it is.

    Raises:
        InputError: If the model has no such extractor, or one whose activation is not monotone.

    Example:
        >>> import pandas as pd
        >>> from intent_tf.columns.prepared import preprocess_data
        >>> from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
        >>> titles = [f"hat {number % 37}" for number in range(74)]
        >>> frame = pd.DataFrame({"title": titles, "bought": [0, 1] * 37})
        >>> data = preprocess_data(frame, "bought", kinds={"title": "text"}, verbose=False)
        >>> model = build_model(data, build_feature_extractor(data), build_predictor())
        >>> precomputed = precompute_extractors(model)
        >>> bool(abs(precomputed.predict(frame) - model.predict(frame)).max() < 1e-6)
        True
    """
    extractor = model.extractor
    parts = extractor.parts if isinstance(extractor, FeatureExtractor) else {}
    if not any(isinstance(layer, TextCNN) for layer in parts.values()):
        raise InputError(
            "the model has no extractor of tokens to fold",
            expected="a text or sequence column that a TextCNN reads",
            remedy="leave out --precompute",
        )
    precomputed = {
        name: layer.precompute(storage) if isinstance(layer, TextCNN) else layer
        for name, layer in parts.items()
    }
    return model.with_parts(
        extractor=FeatureExtractor(precomputed, extractor.dropout.rate, name=extractor.name)
    )
