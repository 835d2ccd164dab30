"""BERT: imported, pre-trained, fine-tuned, written in the forms that others read."""

from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.models.bert.bert_encoder import BertEncoder

__all__ = ["BertEncoder", "BertTransformer"]
