"""Text: NLTK's tokens, counted in Python and computed in the graph.

Example:
    >>> import tensorflow as tf
    >>> from intent_tf.text import TokenIds
    >>> layer = TokenIds()
    >>> layer.adapt(["I love this dress", "love the fit"])
    >>> layer(tf.constant(["LOVE it"])).numpy().tolist()
    [[2, 1]]
"""

from intent_tf.text.exploration import Exploration, explore
from intent_tf.text.ngrams import NGrams
from intent_tf.text.normaliser import Normaliser
from intent_tf.text.offline import tokenize_offline
from intent_tf.text.stop_lists import load_stop_words
from intent_tf.text.token_ids import TokenIds
from intent_tf.text.tokenizer import Tokenizer
from intent_tf.text.vocabulary import count_tokens, count_vocabulary

__all__ = [
    "Exploration",
    "NGrams",
    "Normaliser",
    "TokenIds",
    "Tokenizer",
    "count_tokens",
    "count_vocabulary",
    "explore",
    "load_stop_words",
    "tokenize_offline",
]
