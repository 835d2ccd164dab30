"""Texts tokenised in Python, by what no graph can hold: jieba's words and NLTK's stems."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nltk.stem import SnowballStemmer

from intent_tf.errors import InputError, require
from intent_tf.text.first_characters import MAX_CHARACTERS
from intent_tf.text.normaliser import Normaliser
from intent_tf.text.tokenizer import Tokenizer


def tokenize_offline(
    texts: Iterable[str], kind: str = "wordpunct", stem: str | None = None, **options: Any
) -> list[str]:
    """Tokenise texts in Python, and join each one's tokens by spaces.

    A model of such texts has the tokenizer ``"whitespace"``, and whoever asks it for a prediction tokenises
    with this function first: no graph holds a dictionary of Chinese words or a stemmer.

    Args:
        texts: Raw texts, any number of them; of each the first 10,000 characters are read.
        kind: ``"jieba"``: Chinese words by jieba's dictionary and hidden Markov model (``pip install
            'intent_tf[text]'``); or a kind of `Tokenizer`.
        stem: A language of NLTK's ``SnowballStemmer``, or ``"porter"``. Default ``None``: words stay.
        **options: Further arguments of `Tokenizer`, such as ``stop_words``; for ``"jieba"`` none.

    Returns:
        A text for each, in order.

    Raises:
        InputError: If the stemmer or an option is unknown.
        MissingExtraError: If jieba is not installed.

    Example:
        >>> tokenize_offline(["Dresses fitting", "good!"], stem="english")
        ['dress fit', 'good !']
    """
    if stem not in (None, *SnowballStemmer.languages):
        raise InputError(f"unknown stemmer {stem!r}", expected=" or ".join(SnowballStemmer.languages))
    words = _jieba() if kind == "jieba" else Tokenizer(kind, **options).reference
    tokenized = (words(text) for text in texts)
    if stem is None:
        return [" ".join(tokens) for tokens in tokenized]
    stemmer = SnowballStemmer(stem)
    return [" ".join(map(stemmer.stem, tokens)) for tokens in tokenized]


def _jieba() -> Callable[[str], Sequence[str]]:
    jieba = require("jieba", "text")
    jieba.setLogLevel(logging.WARNING)  # it reports on loading its dictionary
    tokenizer, normaliser = jieba.Tokenizer(), Normaliser()

    def cut(text: str) -> list[str]:
        words = tokenizer.cut(normaliser.reference(text[:MAX_CHARACTERS]))
        return [word for word in words if not word.isspace()]

    return cut
