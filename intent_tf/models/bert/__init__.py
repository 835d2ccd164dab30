"""BERT: imported, pre-trained, fine-tuned, written in the forms that others read."""

from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.models.bert.transformer import BertTransformer

__all__ = ["BertEncoder", "BertTransformer"]
