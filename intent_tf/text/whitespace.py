"""Tokens that stand between white space: for texts that were tokenised before."""

import tensorflow as tf

from intent_tf.text.split_at_spaces import split_at_spaces


class Whitespace:
    """Runs of everything that is not white space.

    Example:
        >>> Whitespace().reference("衣服 很 好!")
        ['衣服', '很', '好!']
    """

    def reference(self, text: str) -> list[str]:
        """Tokenise one normalised text, whose only white space is the space."""
        return text.split()

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokenise normalised texts ``(batch,)``; ``(batch, tokens)``."""
        return split_at_spaces(texts)
