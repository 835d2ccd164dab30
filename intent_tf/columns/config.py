"""What the options of preprocessing mean: the arguments of a `Preprocessor`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from intent_tf.columns.found_pairs import find_pairs
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.predictions import Labels
from intent_tf.data.specification import FeatureSpecification
from intent_tf.options.as_tuple import as_tuple
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.text import NGrams, Tokenizer, load_stop_words
from intent_tf.text.scripts import share_of_cjk

#: Share of Chinese and Japanese characters from which on texts are tokenized into characters.
MUCH_CJK = 0.1


def preprocessor_options(config: PreprocessingConfig, examples: ExampleSource) -> dict[str, Any]:
    """Return the arguments of `Preprocessor` that a configuration and its examples ask for.

    Args:
        config: The options.
        examples: What their source knows of derived columns is added to those that are given.
    """
    known = config.derived is not None or examples.derived
    return {
        "tokenizer": ChosenTokenizer(config) if config.tokenizer is None else make_tokenizer(config),
        "derived": {**examples.derived, **(config.derived or {})} if known else None,
        "max_text_tokens": config.max_text_tokens,
        "max_vocabulary": config.max_vocabulary,
    }


@dataclass(frozen=True)
class ChosenTokenizer:
    """A tokenizer whose kind training rows choose: characters where much is Chinese or Japanese."""

    config: PreprocessingConfig

    def learnt(self, train: pd.DataFrame, specification: FeatureSpecification) -> Tokenizer | NGrams:
        """Choose by the features that are not numbers."""
        names = [column.name for column in specification.columns if column.values == "string"]
        texts = (str(value) for name in names for value in train[name].head(2000))
        return make_tokenizer(self.config, "characters" if share_of_cjk(texts) > MUCH_CJK else "wordpunct")


def with_tokenizer(
    options: Mapping[str, Any], train: pd.DataFrame, specification: FeatureSpecification
) -> dict[str, Any]:
    """Put the tokenizer that training rows choose in the place of none, or of a `ChosenTokenizer`."""
    tokenizer = options.get("tokenizer") or ChosenTokenizer(PreprocessingConfig())
    if isinstance(tokenizer, ChosenTokenizer):
        tokenizer = tokenizer.learnt(train, specification)
    return {**options, "tokenizer": tokenizer}


def find_derived(
    train: pd.DataFrame, specification: FeatureSpecification, labels: Labels, seed: int = 0
) -> dict[str, str]:
    """Find derived columns that pay, of the training rows' numbers; see `find_pairs`."""
    names = [each.name for each in specification.columns if kind_of(each.kind).derives]
    return find_pairs(
        {name: train[name].to_numpy(np.float64, na_value=np.nan) for name in names}, labels, seed
    )


def make_tokenizer(config: PreprocessingConfig, kind: str | None = None) -> Tokenizer | NGrams:
    """Make the tokenizer of a configuration, with n-grams if asked for; a kind stands for its own."""
    stop_words = load_stop_words(config.stop_language) if config.stop_language else ()
    tokenizer = Tokenizer(kind or config.tokenizer or "wordpunct", stop_words=stop_words)
    return tokenizer if as_tuple(config.word_ngrams) == (1,) else NGrams(tokenizer, config.word_ngrams)
