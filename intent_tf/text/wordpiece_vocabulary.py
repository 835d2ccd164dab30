"""Learns the subwords that a shop's own words are made of."""

import re
from collections.abc import Iterable

import tensorflow as tf

from intent_tf.errors import InputError, require
from intent_tf.text.wordpiece import SPECIAL

_DOCUMENTS = 50_000
#: Ideographs are words by themselves to BERT, so none of them goes on with a word.
_NEVER_USED = re.compile("##[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def learn_vocabulary(
    texts: Iterable[str], actions: Iterable[str], size: int = 8_000, lower: bool = True
) -> tuple[str, ...]:
    """Learn a WordPiece vocabulary, with TF Text's own method; Chinese is cut into characters.

    Args:
        texts: Texts of a shop; of more than 50,000 the first ones are read.
        actions: Tokens of events, such as ``[cart]``: subwords of their own.
        size: Subwords, about, at least 100.
        lower: Lower-case the texts and strip accents.

    Returns:
        The special subwords, the actions, and the subwords that were learnt; ``a`` where there are no words.

    Raises:
        InputError: If the size is too small for what it has to hold.

    Example:
        >>> subwords = learn_vocabulary(["red hat", "red hats", "a red cap"] * 50, ["[cart]"], 100)
        >>> subwords[:6], "red" in subwords
        (('[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '[cart]'), True)
    """
    reserved = [*SPECIAL, *dict.fromkeys(actions)]
    if size < len(reserved) + 50:
        raise InputError(
            f"a vocabulary of {size} subwords, of which {len(reserved)} are special or actions",
            expected=f"at least {len(reserved) + 50}",
        )
    reserved_words = {*reserved}
    tools = require("tensorflow_text.tools.wordpiece_vocab.bert_vocab_from_dataset", "bert")
    kept = [text for text, _ in zip(texts, range(_DOCUMENTS), strict=False) if text.strip()]
    if all(reserved_words.issuperset(text.split()) for text in kept):
        return (*reserved, "a")  # TF Text builds no tokenizer of a vocabulary without a word
    batches = tf.data.Dataset.from_tensor_slices(kept).batch(1000)
    subwords = tools.bert_vocab_from_dataset(batches, size, reserved, {"lower_case": lower})
    return tuple(dict.fromkeys(subword for subword in subwords if subword and not _NEVER_USED.match(subword)))
