"""Vocabularies, counted with NLTK on training texts."""

from collections.abc import Iterable, Sequence

from nltk import FreqDist

from intent_tf.text.ngrams import NGrams
from intent_tf.text.tokenizer import Tokenizer


def count_tokens(texts: Iterable[str | Sequence[str]], tokenizer: Tokenizer | NGrams) -> FreqDist:
    """How often each token occurs, as NLTK's ``FreqDist``.

    Args:
        texts: Raw texts, or lists of tokens that were cut before.
        tokenizer: Whose ``reference`` cuts the raw ones.

    Example:
        >>> count_tokens(["good, good fit", "bad fit"], Tokenizer())["fit"]
        2
    """
    counts = FreqDist()
    for text in texts:
        counts.update(tokenizer.reference(text) if isinstance(text, str) else text)
    return counts


def count_vocabulary(
    texts: Iterable[str | Sequence[str]],
    tokenizer: Tokenizer | NGrams,
    min_count: int = 2,
    max_tokens: int = 20_000,
) -> list[str]:
    """List the tokens that are frequent enough to learn something about, most frequent first.

    Args:
        texts: Training texts, raw or cut. Never those of validation or test: a vocabulary is learnt like a
            weight.
        tokenizer: Whose ``reference`` cuts the raw ones.
        min_count: How often a token must occur. Default 2: nothing can be learnt of a word seen once.
        max_tokens: The most tokens to keep. Default 20,000.

    Returns:
        Tokens by falling count; equally frequent ones in the order of their code points, so that the order of
        the texts does not matter.

    Example:
        >>> count_vocabulary(["good fit", "bad fit", "bad cut"], Tokenizer())
        ['bad', 'fit']
    """
    counts = count_tokens(texts, tokenizer)
    frequent = ((token, count) for token, count in counts.items() if count >= min_count)
    return [token for token, _ in sorted(frequent, key=lambda pair: (-pair[1], pair[0]))[:max_tokens]]
