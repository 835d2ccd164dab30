"""Stop lists come from NLTK or the package, and keep the words that turn an intent around."""

from __future__ import annotations

import os
from pathlib import Path

import nltk
import pytest

from intent_tf.errors import InputError
from intent_tf.text import load_stop_words
from intent_tf.text.stop_lists import NEGATIONS


@pytest.fixture
def nltk_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(os.environ.get("INTENT_TF_DATA", "")) / "nltk-data"
    if not (folder / "corpora" / "stopwords.zip").is_file():
        pytest.skip("INTENT_TF_DATA holds no NLTK corpus of stop words")
    monkeypatch.setattr(nltk.data, "path", [str(folder)])


@pytest.mark.parametrize(("language", "word"), [("english", "the"), ("chinese", "的")])
def test_packaged_list_has_common_words(language: str, word: str) -> None:
    assert word in load_stop_words(language, source="packaged")


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_negations_are_kept_by_default(language: str) -> None:
    assert NEGATIONS.isdisjoint(load_stop_words(language, source="packaged"))


@pytest.mark.parametrize(("language", "word"), [("english", "not"), ("chinese", "不")])
def test_negations_are_stop_words_on_demand(language: str, word: str) -> None:
    assert word in load_stop_words(language, keep_negations=False, source="packaged")


@pytest.mark.usefixtures("nltk_corpus")
def test_nltk_gives_languages_that_are_not_packaged() -> None:
    assert "der" in load_stop_words("german")


@pytest.mark.usefixtures("nltk_corpus")
def test_no_english_negation_of_nltk_is_a_stop_word() -> None:
    assert [
        word for word in load_stop_words("english", source="nltk") if "n't" in word or word == "not"
    ] == []


def test_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'klingon'; expected one of .*english"):
        load_stop_words("klingon")


def test_unknown_source_is_an_error() -> None:
    with pytest.raises(InputError, match="'web'"):
        load_stop_words(source="web")  # type: ignore[arg-type]
