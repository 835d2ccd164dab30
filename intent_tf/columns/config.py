"""What the options of preprocessing mean: the arguments of a `Preprocessor`."""

from __future__ import annotations

from typing import Any

from intent_tf.data.example_source import ExampleSource
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.text import NGrams, Tokenizer, load_stop_words
from intent_tf.text.scripts import share_of_cjk

#: Share of Chinese and Japanese characters from which on texts are tokenized into characters.
MUCH_CJK = 0.1


def preprocessor_options(config: PreprocessingConfig, examples: ExampleSource) -> dict[str, Any]:
    """Return the arguments of `Preprocessor` that a configuration and its examples ask for.

    Args:
        config: The options.
        examples: Their texts choose the tokenizer, unless it is given; what their source knows of derived
            columns is added to those that are given.
    """
    return {
        "tokenizer": make_tokenizer(config, config.tokenizer or _tokenizer(examples)),
        "derived": {**examples.derived, **config.derived},
        "max_text_tokens": config.max_text_tokens,
        "max_vocabulary": config.max_vocabulary,
    }


def make_tokenizer(config: PreprocessingConfig, kind: str) -> Tokenizer | NGrams:
    """Make the tokenizer of a kind, with n-grams if asked for."""
    stop_words = load_stop_words(config.stop_language) if config.stop_language else ()
    tokenizer = Tokenizer(kind, stop_words=stop_words)
    return tokenizer if config.word_ngrams == (1,) else NGrams(tokenizer, config.word_ngrams)


def _tokenizer(examples: ExampleSource) -> str:
    features = examples.frame.drop(columns=[examples.label, *examples.excluded], errors="ignore")
    texts = (
        str(value) for name in features.select_dtypes(exclude="number") for value in features[name].head(2000)
    )
    return "characters" if share_of_cjk(texts) > MUCH_CJK else "wordpunct"
