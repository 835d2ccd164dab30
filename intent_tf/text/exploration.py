"""What shoppers write, by label: frequent words and collocations, counted with NLTK."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder

from intent_tf.errors import InputError
from intent_tf.text.tokenizer import Tokenizer
from intent_tf.text.vocabulary import count_tokens

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Exploration:
    """What `explore` found.

    Args:
        words: The commonest tokens. Columns: ``word``; a count for each label, such as ``count 0``; and, with
            two labels, ``log_odds``: above 0 the word is typical of the second label, beyond ±2 hardly by
            chance.
        collocations: Pairs of tokens that follow each other more often than by chance. Columns: ``label``,
            ``pair``, ``count``, ``likelihood_ratio``.
        figure: The words of each label as a bar chart.
    """

    words: pd.DataFrame
    collocations: pd.DataFrame
    figure: Figure


def explore(
    frame: pd.DataFrame, text: str, label: str, tokenizer: Tokenizer | None = None, top: int = 20
) -> Exploration:
    """Show what the texts of each label are made of, cut as the model cuts them.

    Args:
        frame: One text a row; missing ones are passed over.
        text: Its column of texts.
        label: Its column of labels, with few values.
        tokenizer: Cuts the texts; stop words and punctuation are passed over if it leaves them out. Default
            ``Tokenizer()``.
        top: Words and collocations to list of each label. Default 20.

    Returns:
        Tables and a figure, which a notebook shows.

    Raises:
        InputError: If a column is missing, or no text has a token.

    Example:
        >>> reviews = pd.DataFrame({"text": ["good fit", "good fit", "bad cut"], "yes": [1, 1, 0]})
        >>> explore(reviews, text="text", label="yes").words[["word", "count 0", "count 1"]]
           word  count 0  count 1
        0  good        0        2
        1   fit        0        2
        2   bad        1        0
        3   cut        1        0

    References:
        Dunning, *Accurate Methods for the Statistics of Surprise and Coincidence*, 1993 (the ratio).
        Monroe, Colaresi and Quinn, *Fightin' Words*, 2008 (log-odds with a Dirichlet prior, as z-scores).
    """
    for name in (text, label):
        if name not in frame.columns:
            raise InputError(f"no column {name!r}", expected=", ".join(map(str, frame.columns)))
    tokenizer = tokenizer or Tokenizer()
    rows = frame[[text, label]].dropna()
    cut = rows[text].astype(str).map(tokenizer.reference)
    by_label = {value: cut[rows[label] == value].tolist() for value in sorted(rows[label].unique())}
    counts = pd.DataFrame(
        {f"count {value}": dict(count_tokens(tokens, tokenizer)) for value, tokens in by_label.items()}
    )
    if counts.empty:
        raise InputError("no text has a token", column=text)
    counts = counts.fillna(0).astype(int)
    if counts.shape[1] == 2:
        counts["log_odds"] = _log_odds(*(counts[name].to_numpy(float) for name in counts))
    names = [str(name) for name in counts if name != "log_odds"]
    shown = {word: None for name in names for word in counts[name].nlargest(top).index}
    order = counts.loc[list(shown), names].sum(axis=1).sort_values(ascending=False, kind="stable").index
    words = counts.loc[order].rename_axis("word").reset_index()
    pairs = [pair for value, tokens in by_label.items() for pair in _collocations(tokens, value, top)]
    columns = ["label", "pair", "count", "likelihood_ratio"]
    return Exploration(words, pd.DataFrame(pairs, columns=columns), _figure(counts, names, top))


def _log_odds(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Compare how often words occur under two labels, as z-scores; all words together are the prior."""
    prior = first + second
    total = prior.sum()
    odds = [np.log((counts + prior) / (counts.sum() + total - counts - prior)) for counts in (first, second)]
    spread = np.sqrt(1 / (first + prior) + 1 / (second + prior))
    scores: np.ndarray = ((odds[1] - odds[0]) / spread).round(2)
    return scores


def _collocations(
    tokens: list[list[str]], label: object, top: int
) -> Iterable[tuple[object, str, int, float]]:
    finder = BigramCollocationFinder.from_documents(tokens)
    finder.apply_word_filter(lambda word: not any(map(str.isalnum, word)))
    finder.apply_freq_filter(3)
    scored = finder.score_ngrams(BigramAssocMeasures.likelihood_ratio)
    for pair, ratio in scored[:top]:
        yield label, " ".join(pair), finder.ngram_fd[pair], round(ratio, 1)


def _figure(counts: pd.DataFrame, names: list[str], top: int) -> Figure:
    from matplotlib.figure import Figure  # heavy, and serving imports this room

    figure = Figure(figsize=(4 * len(names), 0.24 * top + 1), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        share = (100 * counts[name] / max(counts[name].sum(), 1)).nlargest(top)[::-1]
        axes.barh(share.index.astype(str), share, color="#4477aa")
        axes.set(title=name.replace("count", "label"), xlabel="% of tokens")
        axes.spines[["top", "right"]].set_visible(False)
    return figure
