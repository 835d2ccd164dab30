from __future__ import annotations

import pytest

from intent_tf.simulator.shop_phrases import (
    BRANDS,
    CHOICES,
    LANGUAGES,
    NOUNS,
    QUERY_TEMPLATES,
    SERIES,
    TITLE_WORDS,
    catalogue,
    departments,
    queries,
)


@pytest.mark.parametrize("classes", [TITLE_WORDS, QUERY_TEMPLATES])
def test_every_class_has_as_many_choices(classes):
    assert {len(choices) for choices in classes.values()} == {CHOICES}


def test_the_catalogue_holds_each_combination_once():
    items = catalogue()
    assert len(items) == len(NOUNS) * len(BRANDS) * len(TITLE_WORDS) * CHOICES * len(SERIES)
    assert items["item_id"].is_unique and items["en"].is_unique and items["zh"].is_unique


def test_a_title_tells_its_class_and_its_price_band():
    items = catalogue()
    first, last = items["en"].str.split().str[0], items["en"].str.split().str[-1]
    assert items.groupby(first)["title_class"].nunique().eq(1).all()
    assert items.groupby(last)["price_band"].nunique().eq(1).all()


def test_a_query_tells_its_class_in_either_language():
    phrases = [*queries()["en"], *queries()["zh"]]
    assert len(set(phrases)) == len(phrases) == 2 * len(NOUNS) * len(QUERY_TEMPLATES) * CHOICES


@pytest.mark.parametrize("table", [catalogue, queries, departments])
def test_every_phrase_is_in_its_language(table):
    english, chinese = (table()[name] for name in LANGUAGES)
    assert english.map(str.isascii).all()
    assert chinese.str.fullmatch(r"[一-鿿 ]+").all()
