"""New texts out of the sentences of those that are there, for a teacher to score."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from intent_tf.errors import InputError

#: Ends of sentences and clauses, in Latin and Chinese punctuation, and of lines.
_SENTENCE_END = re.compile(r"(?<=[.!?;。！？；，])\s*|\n+")


def recombine(frame: pd.DataFrame, columns: Sequence[str], times: int = 1, seed: int = 0) -> pd.DataFrame:
    """Make further rows whose texts mix the sentences of two rows.

    Of a row and of another, drawn at random, each sentence is kept with a chance of one in two, in its order.
    So the text is about as long as before, and often says for and against. Nobody knows its label: a teacher
    has to score it. All other columns are the row's.

    Args:
        frame: The rows.
        columns: The columns of text.
        times: Rows to make of each. Default 1.
        seed: Seed of what is drawn.

    Returns:
        ``times`` rows for each of the frame's, numbered from 0; a text of which nothing was kept is whole.

    Raises:
        InputError: If there is no column of text.

    Example:
        >>> frame = pd.DataFrame({"review": ["Nice. Too small.", "Bad! I love it."]})
        >>> recombine(frame, ["review"], seed=7)["review"].tolist()
        ['I love it.', 'Bad! Nice.']

    Reference:
        Tang et al. (2019), Distilling Task-Specific Knowledge from BERT into Simple Neural Networks, on why
        the student of a large teacher needs more texts than there are labels.
    """
    if not columns:
        raise InputError("the table has no text to recombine", expected="a column of text")
    draws = np.random.default_rng(seed)
    own = np.tile(np.arange(len(frame)), times)
    other = (own + draws.integers(1, max(len(frame), 2), size=len(own))) % len(frame)
    texts = {}
    for name in columns:
        sentences = [_sentences(text) for text in frame[name]]
        texts[name] = [
            " ".join(_some([*sentences[first], *sentences[second]], draws)) or " ".join(sentences[first])
            for first, second in zip(own, other, strict=True)
        ]
    return frame.iloc[own].reset_index(drop=True).assign(**texts)


def _sentences(text: object) -> list[str]:
    return [part for part in _SENTENCE_END.split(text) if part] if isinstance(text, str) else []


def _some(sentences: list[str], draws: np.random.Generator) -> list[str]:
    return [sentence for sentence in sentences if draws.random() < 0.5]
