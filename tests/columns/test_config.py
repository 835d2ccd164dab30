"""The options of text reach the tokeniser and the vocabulary."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from intent_tf.columns.config import preprocessor_options
from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.splitting import SplitPlan
from intent_tf.errors import InputError
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.text import NGrams, Tokenizer

ENGLISH = [f"good fit and colour {row}" for row in range(40)]
CHINESE = [f"衣服很好颜色也对{row}" for row in range(40)]


def options(**given: Any) -> dict[str, Any]:
    examples = ExampleSource(pd.DataFrame({"text": ENGLISH, "label": [0, 1] * 20}), "label")
    return preprocessor_options(PreprocessingConfig(**given), examples)


def tokenizer(texts: list[str], plan: SplitPlan | None = None, **given: Any) -> Tokenizer | NGrams:
    """The tokenizer of a table whose texts stand in the order of time."""
    frame = pd.DataFrame({"text": texts, "label": [0, 1] * (len(texts) // 2), "at": range(len(texts))})
    data = preprocess_data(frame, "label", kinds={"text": "text"}, plan=plan, **given)
    return data.preprocessor.tokenizer


@pytest.mark.parametrize(("texts", "kind"), [(ENGLISH, "wordpunct"), (CHINESE, "characters")])
def test_the_tokeniser_is_chosen_by_the_script_of_the_texts(texts: list[str], kind: str) -> None:
    assert tokenizer(texts).kind == kind
    assert tokenizer(texts, **options()).kind == kind


def test_the_script_of_test_rows_does_not_choose_the_tokeniser() -> None:
    later = SplitPlan(test_fraction=0.5, time="at")
    assert tokenizer(ENGLISH + CHINESE, later, **options()).kind == "wordpunct"


def test_a_text_that_is_no_feature_does_not_choose_the_tokeniser() -> None:
    frame = pd.DataFrame({"text": ENGLISH, "note": CHINESE, "label": [0, 1] * 20})
    data = preprocess_data(frame, "label", kinds={"text": "text"}, drop=["note"], **options())
    assert data.preprocessor.tokenizer.kind == "wordpunct"


def test_a_chosen_tokeniser_has_the_n_grams_that_were_asked_for() -> None:
    assert tokenizer(CHINESE, **options(word_ngrams=(1, 2))).reference("很好") == ["很", "好", "很 好"]


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
    assert tokenizer(ENGLISH, **options(**given)).reference(text) == tokens


def test_n_grams_are_added_only_on_demand() -> None:
    assert isinstance(tokenizer(ENGLISH, **options()), Tokenizer)
    assert isinstance(tokenizer(ENGLISH, **options(word_ngrams=(1, 2))), NGrams)


@pytest.mark.parametrize("name", ["max_text_tokens", "max_vocabulary"])
def test_a_count_below_one_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} is 0"):
        PreprocessingConfig(**{name: 0})
