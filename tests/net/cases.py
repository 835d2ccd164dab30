"""The five models of the net, in words of its own: `package_api` says them in those of the package."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

#: Test rows whose probabilities are kept, at most.
TEST_ROWS = 200


@dataclass(frozen=True)
class Case:
    """A model that is small, and the rows that it learns from.

    Args:
        rows: So many of the source's first ones are taken.
        calibrator: Its kind.
        folder: Where the files of a public data set are, below INTENT_TF_DATA.
        kernel_sizes: Tokens under a filter.
        augment: Changes of training rows by rate.
        graded: Labels say what shoppers do at most, beyond whether they buy.
        encoder: A BERT reads text and session.
    """

    rows: int
    calibrator: str
    folder: str | None = None
    kernel_sizes: tuple[int, ...] = (3,)
    augment: Mapping[str, float] = field(default_factory=dict)
    graded: bool = False
    encoder: bool = False

    @property
    def missing(self) -> str | None:
        """Why it cannot be prepared here; None if it can."""
        if self.folder and not Path(os.environ.get("INTENT_TF_DATA", "no such folder"), self.folder).is_dir():
            return f"INTENT_TF_DATA names no folder with {self.folder}"
        return None


CASES = {
    "simulator": Case(1400, "isotonic", kernel_sizes=(2, 3), graded=True),
    "online_shoppers": Case(2000, "platt", "uci-online-shoppers"),
    "clothing_reviews": Case(
        1000, "temperature", "womens-clothing-reviews", augment={"token_dropout": 0.1, "swap": 0.05}
    ),
    "rees46": Case(2000, "identity", "rees46-2019-oct-sample"),
    "bert": Case(1000, "platt", encoder=True),
}


def little_shop(rows: int) -> pd.DataFrame:
    """Make examples with a title and a session, which nearly decide together whether the shopper buys."""
    generator = np.random.default_rng(0)
    bought = generator.random(rows) < 0.4
    seems = np.where(generator.random(rows) < 0.2, ~bought, bought)  # now and then both mislead
    lengths = 1 + seems + generator.integers(3, size=rows)
    events = ["browse", "click", "click", "cart"]
    words = generator.choice(["hat", "cap", "red bag", "hats", "bad hat"], rows)
    return pd.DataFrame(
        {
            "pages": generator.integers(1, 9, rows) + seems,
            "month": generator.choice(["May", "Nov", "Dec"], rows),
            "title": [("love " if seem else "dull ") + word for seem, word in zip(seems, words, strict=True)],
            "event_type": [events[:length] for length in lengths],
            "elapsed": [np.cumsum([0.0, *generator.integers(1, 90, n - 1)]).tolist() for n in lengths],
            "bought": bought.astype(int),
        }
    )
