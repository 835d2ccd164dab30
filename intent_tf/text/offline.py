"""Tokens cut in Python, for tokenisers that no graph can hold."""

from __future__ import annotations

from collections.abc import Iterable

import tensorflow as tf

from intent_tf.text.ngrams import NGrams
from intent_tf.text.tokenizer import Tokenizer


def cut_offline(texts: Iterable[str], tokenizer: Tokenizer | NGrams) -> tf.RaggedTensor:
    """Cut texts with a tokeniser's ``reference``, for models that take tokens instead of raw text.

    Args:
        texts: Any number of texts.
        tokenizer: Any tokeniser; the way to train with those that work in Python only.

    Returns:
        Strings, ``(texts, tokens)``, which ``TokenIds`` takes as well as raw texts.

    Example:
        >>> cut_offline(["dresses fitting"], Tokenizer(stem="english")).to_list()
        [[b'dress', b'fit']]
    """
    return tf.ragged.constant(list(map(tokenizer.reference, texts)), tf.string, ragged_rank=1)
