"""Builds the model from prepared data: the article's three functions, with the article's code as a preset."""

from collections.abc import Sequence
from typing import Any

import keras

from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError
from intent_tf.layers.action_head import ActionHead
from intent_tf.layers.category_embedding import CategoryEmbedding
from intent_tf.layers.hashed_embedding import HashedEmbedding
from intent_tf.layers.number_embedding import NumberEmbedding
from intent_tf.layers.predictor import Predictor
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.layers.wide_text import WideText
from intent_tf.models.base_rate import BaseRate
from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.models.feature_extractor import FeatureExtractor
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import Preset


def build_feature_extractor(
    data: PreparedData,
    preset: Preset = "default",
    *,
    output_dim: int = 128,
    filters: int = 128,
    kernel_sizes: Sequence[int] = (3,),
    dropout: float = 0.5,
    encoder: BertEncoder | None = None,
    token_buckets: int | None = None,
) -> FeatureExtractor:
    """Build the feature extractor for a table.

    ``default``: number and category embeddings, and for texts and sessions the article's
    Embedding → Conv1D → GlobalMaxPooling1D (as one layer, `TextCNN`). ``article``: the article's code as
    printed, Embedding → Conv1D → GlobalMaxPooling1D → Dense(1, sigmoid), on the table's text (or its
    sessions, rendered as text); the predictor then sees one number between 0 and 1, which provably keeps it
    from learning on text.

    Args:
        data: What `preprocess_data` returned.
        preset: ``"default"`` or ``"article"``.
        output_dim: Width of a token's vector.
        filters: Filters a kernel size.
        kernel_sizes: Tokens under a filter; ``article`` uses the first.
        dropout: Share of the entries of token vectors dropped in training; ``article`` drops none.
        encoder: Reads the document of text and session, in place of Embedding → Conv1D → max; the data was
            prepared with its ``subwords``.
        token_buckets: Rows of a table that the tokens of each `TextCNN` share (`HashedEmbedding`); by
            default every token has a row of its own.

    Raises:
        InputError: If the article's extractor is asked for and the table has no text and no sequence.
    """
    preprocessor, features = data.preprocessor, data.train.features
    vocabularies = {name: len(words) for name, words in preprocessor.vocabularies.items()}
    if preset == "article":
        if not vocabularies:
            raise InputError(
                "the article's extractor reads text, and the table has none",
                expected="a text or sequence column",
                remedy="use --preset default",
            )
        part, size = next(iter(vocabularies.items()))
        return FeatureExtractor({part: _article(size, output_dim, filters, kernel_sizes[0])})
    parts: dict[str, keras.layers.Layer] = {}
    if "numbers" in features:
        parts["numbers"] = NumberEmbedding(name="numbers")
        parts["numbers"].adapt(features["numbers"].numpy(), features["missing"].numpy())
    if "categories" in features:
        parts["categories"] = CategoryEmbedding(preprocessor.category_sizes, name="categories")
    for column_encoder in preprocessor.encoders.values():
        parts |= column_encoder.embeddings()
    if encoder is not None:
        return FeatureExtractor({**parts, "text": encoder}, dropout)
    for part, size in vocabularies.items():
        shared = HashedEmbedding(token_buckets, output_dim, name="hashed") if token_buckets else None
        parts[part] = TextCNN(size, output_dim, filters, kernel_sizes, embedding=shared, name=part)
    return FeatureExtractor(parts, dropout)


def build_predictor(
    preset: Preset = "default",
    *,
    units: Sequence[int] = (64, 64),
    ensemble_size: int = 16,
    dropout: float = 0.1,
    feature_blocks: Sequence[int] | None = None,
    prior: float = 0.5,
) -> Predictor:
    """Build the dense predictor: vectors to logits of intent.

    Args:
        preset: ``"default"``, or ``"article"``: Dense(64, relu) → Dense(1, sigmoid), whose sigmoid
            `IntentModel` applies.
        units: Widths of the hidden layers; ``article`` has one of 64.
        ensemble_size: Networks in the ensemble; ``article`` has one.
        dropout: Share of hidden outputs dropped in training; ``article`` drops none.
        feature_blocks: The extractor's `FeatureExtractor.feature_blocks`: every member then sees whole
            columns larger, smaller or mirrored, which measures better than scaling single entries.
        prior: Probability to start from, in (0, 1), such as ``data.train.label.mean()``; ``article`` starts
            from 0.5.
    """
    if preset == "article":
        return Predictor((64,), 1, 0.0)
    return Predictor(units, ensemble_size, dropout, feature_blocks, prior)


def build_model(
    data: PreparedData,
    extractor: keras.layers.Layer,
    predictor: keras.layers.Layer,
    *,
    wide: bool = True,
    loss: Any = "binary_crossentropy",
    optimizer: Any = "adam",
) -> IntentModel:
    """Join preprocessor, extractor and predictor to a compiled `IntentModel`.

    Args:
        data: What `preprocess_data` returned.
        extractor: The feature extractor, from `build_feature_extractor`.
        predictor: The predictor, from `build_predictor`.
        wide: Add the wide part where the extractor reads text that is not the article's.
        loss: Keras loss; the article's is ``"mse"``.
        optimizer: Keras optimiser. Default Adam at 1e-3, as in the article.

    Example:
        >>> import pandas as pd
        >>> from intent_tf.columns.prepared import preprocess_data
        >>> frame = pd.DataFrame({"pages": range(100), "bought": [0, 1] * 50})
        >>> data = preprocess_data(frame, "bought", kinds={"pages": "number"}, verbose=False)
        >>> model = build_model(data, build_feature_extractor(data), build_predictor())
        >>> model.predict(data.test).shape
        (20,)
    """
    reads_text = isinstance(getattr(extractor, "parts", {}).get("text"), TextCNN)
    wide_part = WideText(len(data.preprocessor.vocabularies["text"])) if wide and reads_text else None
    actions = None if data.train.grade is None else ActionHead(name="actions")
    base_rate = BaseRate(name="base_rate")
    base_rate.adapt(data.train.label, data.train.weight, data.train.features["blank"])
    model = IntentModel(
        data.preprocessor, extractor, predictor, wide_part, actions=actions, base_rate=base_rate
    )
    metrics = [keras.metrics.BinaryCrossentropy(name="log_loss"), keras.metrics.AUC(name="auroc")]
    # By weight, since training stops by them: a log that was thinned is judged as the whole one.
    model.compile(optimizer=optimizer, loss=loss, weighted_metrics=metrics)
    return model


def _article(vocabulary_size: int, output_dim: int, filters: int, kernel_size: int) -> keras.Sequential:
    return keras.Sequential(
        [
            keras.layers.Embedding(vocabulary_size, output_dim),
            keras.layers.Conv1D(filters, kernel_size, padding="same", activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(1, activation="sigmoid"),
        ],
        name="article",
    )
