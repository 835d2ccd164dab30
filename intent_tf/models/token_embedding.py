"""Which embedding of tokens a model has: a full table, or one that takes less memory."""

from __future__ import annotations

from typing import Literal

import keras

from intent_tf.models.hashed_embedding import HashedEmbedding
from intent_tf.models.quotient_remainder_embedding import QuotientRemainderEmbedding

TokenEmbedding = Literal["full", "hashed", "quotient_remainder"]

#: Tokens for each row of a small table, unless told.
TOKENS_A_ROW = 10


def small_embedding(
    kind: TokenEmbedding, vocabulary_size: int, dimension: int, buckets: int | None = None
) -> keras.layers.Layer | None:
    """Make the embedding that takes the place of a full table; None for the full table.

    Args:
        kind: ``"full"``, ``"hashed"`` (`HashedEmbedding`) or ``"quotient_remainder"``
            (`QuotientRemainderEmbedding`).
        vocabulary_size: Token ids.
        dimension: Width of a token's vector.
        buckets: Rows of the (remainders') table; a tenth of the vocabulary by default.
    """
    buckets = buckets or -(-vocabulary_size // TOKENS_A_ROW)
    if kind == "hashed":
        return HashedEmbedding(buckets, dimension, name="hashed")
    if kind == "quotient_remainder":
        return QuotientRemainderEmbedding(vocabulary_size, buckets, dimension, name="quotient_remainder")
    return None
