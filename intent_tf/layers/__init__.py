"""Keras layers, each a file, for any Keras model: they know tensors, and nothing of tables or columns."""

from intent_tf.layers.action_head import ActionHead
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.layers.calibrator import Calibrator
from intent_tf.layers.category_embedding import CategoryEmbedding
from intent_tf.layers.category_ids import CategoryIds
from intent_tf.layers.ensemble_dense import EnsembleDense
from intent_tf.layers.hashed_embedding import HashedEmbedding
from intent_tf.layers.normal_scores import NormalScores
from intent_tf.layers.number_embedding import NumberEmbedding
from intent_tf.layers.predictor import Predictor
from intent_tf.layers.text_cnn.precomputed_text_cnn import PrecomputedTextCNN
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.layers.wide_text import WideText

__all__ = [
    "ActionHead",
    "BertTransformer",
    "Calibrator",
    "CategoryEmbedding",
    "CategoryIds",
    "EnsembleDense",
    "HashedEmbedding",
    "NormalScores",
    "NumberEmbedding",
    "PrecomputedTextCNN",
    "Predictor",
    "TextCNN",
    "WideText",
]
