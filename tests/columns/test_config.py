"""The options of text reach the tokeniser and the vocabulary."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from intent_tf.columns.config import preprocessor_options
from intent_tf.data.example_source import ExampleSource
from intent_tf.errors import InputError
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.text import NGrams, Tokenizer


def options(text: str = "good fit", **given: Any) -> dict[str, Any]:
    examples = ExampleSource(pd.DataFrame({"text": [text], "label": [1]}), "label")
    return preprocessor_options(PreprocessingConfig(**given), examples)


def test_the_tokeniser_is_chosen_by_the_script_of_the_texts() -> None:
    assert options()["tokenizer"].kind == "wordpunct"
    assert options("衣服很好")["tokenizer"].kind == "characters"


@pytest.mark.parametrize("kind", ["wordpunct", "characters", "social", "treebank", "whitespace"])
def test_every_kind_can_be_chosen(kind: str) -> None:
    assert options(tokenizer=kind)["tokenizer"].kind == kind


def test_an_unknown_kind_names_those_that_there_are() -> None:
    with pytest.raises(InputError, match="'social' or 'treebank' or 'whitespace'"):
        options(tokenizer="words")


@pytest.mark.parametrize(
    ("given", "text", "tokens"),
    [
        ({"stop_language": "english"}, "the dress is not good", ["dress", "not", "good"]),
        ({"word_ngrams": (1, 2)}, "not good", ["not", "good", "not good"]),
    ],
)
def test_an_option_changes_the_tokens(given: dict[str, Any], text: str, tokens: list[str]) -> None:
    assert options(**given)["tokenizer"].reference(text) == tokens


def test_n_grams_are_added_only_on_demand() -> None:
    assert isinstance(options()["tokenizer"], Tokenizer)
    assert isinstance(options(word_ngrams=(1, 2))["tokenizer"], NGrams)


@pytest.mark.parametrize("name", ["max_text_tokens", "max_vocabulary"])
def test_a_count_below_one_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} is 0"):
        PreprocessingConfig(**{name: 0})
