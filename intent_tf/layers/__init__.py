"""Keras layers for any Keras model: they know tensors, and nothing of tables, columns or files.

Each is one file, with Keras' argument names, and is saved and loaded without ``custom_objects``. What reads
strings comes from `intent_tf.text`; what must know tables is left to `intent_tf.columns` and
`intent_tf.models`.

Example:
    >>> import keras
    >>> from intent_tf.layers import Predictor, TextCNN
    >>> ids = keras.Input((None,), dtype="int32")
    >>> logits = Predictor(ensemble_size=4)(TextCNN(input_dim=1000, filters=32, kernel_sizes=(2, 3))(ids))
    >>> keras.Model(ids, logits).output_shape
    (None, 4)
"""

from intent_tf.layers.action_head import ActionHead
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.layers.bert.transformer_block import TransformerBlock
from intent_tf.layers.block_normal import BlockNormal
from intent_tf.layers.calibrator import Calibrator
from intent_tf.layers.category_embedding import CategoryEmbedding
from intent_tf.layers.category_ids import CategoryIds
from intent_tf.layers.category_spelling import CategorySpelling
from intent_tf.layers.ensemble_dense import EnsembleDense
from intent_tf.layers.hashed_embedding import HashedEmbedding
from intent_tf.layers.member_probabilities import MemberProbabilities
from intent_tf.layers.normal_scores import NormalScores
from intent_tf.layers.number_embedding import NumberEmbedding
from intent_tf.layers.parsed_dates import ParsedDates
from intent_tf.layers.parsed_numbers import ParsedNumbers
from intent_tf.layers.predictor import Predictor
from intent_tf.layers.set_members import SetMembers
from intent_tf.layers.text_cnn.precomputed_text_cnn import PrecomputedTextCNN
from intent_tf.layers.text_cnn.text_cnn import TextCNN
from intent_tf.layers.trees.tree_ensemble import TreeEnsemble
from intent_tf.layers.wide_text import WideText
from intent_tf.text.ngrams import NGrams
from intent_tf.text.normaliser import Normaliser
from intent_tf.text.token_ids import TokenIds
from intent_tf.text.tokenizer import Tokenizer
from intent_tf.text.wordpiece import WordPieceIds

__all__ = [
    "ActionHead",
    "BertTransformer",
    "BlockNormal",
    "Calibrator",
    "CategoryEmbedding",
    "CategoryIds",
    "CategorySpelling",
    "EnsembleDense",
    "HashedEmbedding",
    "MemberProbabilities",
    "NGrams",
    "NormalScores",
    "Normaliser",
    "NumberEmbedding",
    "ParsedDates",
    "ParsedNumbers",
    "PrecomputedTextCNN",
    "Predictor",
    "SetMembers",
    "TextCNN",
    "TokenIds",
    "Tokenizer",
    "TransformerBlock",
    "TreeEnsemble",
    "WideText",
    "WordPieceIds",
]
