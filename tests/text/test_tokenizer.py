"""Every tokeniser gives in the graph what NLTK gives in Python, for every string."""

from __future__ import annotations

import os
import timeit
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize import TweetTokenizer

from intent_tf.errors import InputError
from intent_tf.text import Tokenizer

HOSTILE = [
    "don't can't 'tis 'Twas cannot gonna d'ye 'n' 's's 's 's ''quoted'' \"said\" (a). b...",
    "see https://x.com/a_(b) or foo.com/@x, a.co@ me@shop.co.uk :@foo.com =@x.io x\u200d@y.com",
    "@bob @abcdefghijklmnopq @a@b #tag ##a-b_c <3 </3 :-) 8D =p size 8/10 --> <b>",
    "<b <i>x < i> <> <<a>> <a\xa0b> <a",
    "<é <i>x < i> <> <<a>> <a&nbsp;b> <a",
    "+1 (800) 555-1234 12.50 -5/6 1,000 ....... ! ! !!!!!! soooooo     x",
    "&amp;&lt;3 &#128525; &#x1F60D; &#xD800; &xi; &bogus; &#10;&nbsp;. &#13; .",
    "",
    " ",
    "\0",
    "a\0b",
    "\n\t\v\f\r",
    "\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u205f\u3000",
    "\u200b\u200c\u200d\u2060\ufeff",
    "e\u0301e\u0323\u0302\u0301",
    "\u0301\u0308",
    "ΣΑΣ ΟΔΟΣ. Σ Α'Σ Σ\u0301Α",
    "İIıi",
    "ＡＢＣ１２３！？",
    "ﬁﬂ\ufdfa",
    "\u1100\u1161\u11a8 각 \uac00\u11a8",
    "ｶﾞｷﾞ",
    "१२३ ١٢٣ ۱۲۳ ๑๒๓ 𝟙𝟚𝟛",
    "नमस्ते दुनिया",
    "สวัสดี",
    "👩\u200d👩\u200d👧 👍🏽 🇨🇳 ❤\ufe0f",
    "不错！衣服很好，推荐。",
    "𐐀𐐨 𝔘𝔫𝔦 𠀀",
    "\u0f71\u0f72\u0f74",
    "\U000e0001\U0010ffff\uffff\ufffe",
]

OPTIONS: list[dict[str, Any]] = [
    {"kind": "wordpunct"},
    {"kind": "wordpunct", "lower": False},
    {"kind": "wordpunct", "normalise": "NFC"},
    {"kind": "wordpunct", "normalise": None},
    {"kind": "wordpunct", "normalise": None, "lower": False},
    {"kind": "characters"},
    {"kind": "characters", "lower": False, "normalise": None},
    {"kind": "wordpunct", "stop_words": ("the", "NOT", "!")},
    {"kind": "wordpunct", "numbers": "<number>"},
    {"kind": "social"},
    {"kind": "social", "lower": False, "normalise": None},
    {"kind": "social", "strip_handles": True, "shorten": True},
    {"kind": "whitespace"},
    {"kind": "whitespace", "lower": False, "normalise": None},
    {"kind": "treebank"},
    {"kind": "treebank", "lower": False, "normalise": None, "numbers": "<number>"},
]
every_tokeniser = pytest.mark.parametrize(
    "options", OPTIONS, ids=lambda options: "-".join(map(str, options.values()))
)

_ALL = [chr(code_point) for code_point in range(0x110000) if not 0xD800 <= code_point <= 0xDFFF]
#: Characters that some step treats in a way of its own; drawn by chance they would be rare.
_DELICATE = [
    char
    for char in _ALL
    if unicodedata.combining(char) or char.isspace() or unicodedata.normalize("NFKC", char) != char
]
#: Pieces that mean something to some rule, alone or next to each other.
_PIECES = [
    *("http://", "https:", "a.com", "foo.bar.org/", "@", "@bob", "#tag", "(", ")", "[", "]", "<", ">", "->"),
    *(":)", ":@", "=@", ":P", "<3", "+1 (800) 555 1234", "12.5", "...", ".", ",", "a@b.co", "don't", "n't"),
    *("'ll", "'s", "'", "''", '"', "`", "—", "?", "!", "cannot", "gonna", "wanna", "'tis", "é", "漢", "👍🏽"),
    *("👩\u200d👧", "🇨🇳", "&amp;", "&#x41;", "&#10;", "&nbsp;", "aaaa", "!!!!", "ſ", "İ", "٣", " ", " ", " "),
]
piecewise_text = st.lists(st.sampled_from(_PIECES), max_size=15).map("".join)
any_text = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.characters(max_codepoint=127),
        st.sampled_from(_DELICATE),
        st.sampled_from("Σσς'\u0301\u00ad.:\u0345A "),
    ),
    max_size=40,
)


def in_graph(graph: Callable[[tf.Tensor], tf.RaggedTensor], batch: Sequence[str]) -> list[list[str]]:
    encoded = np.empty(len(batch), object)  # an array of strings would lose a NUL at the end
    encoded[:] = [text.encode() for text in batch]
    return [
        [token.decode() for token in tokens] for tokens in graph(tf.constant(encoded, tf.string)).to_list()
    ]


@cache
def tokeniser_and_graph(key: tuple[tuple[str, Any], ...]) -> tuple[Tokenizer, Any]:
    tokenizer = Tokenizer(**dict(key))
    graph = tf.function(tokenizer.call, input_signature=[tf.TensorSpec((None,), tf.string)])
    return tokenizer, graph


def differences(batch: Sequence[str], options: dict[str, Any]) -> list[tuple[str, list[str], list[str]]]:
    """Texts whose tokens in the graph (second) are not those of the reference (third)."""
    tokenizer, graph = tokeniser_and_graph(tuple(options.items()))
    expected = map(tokenizer.reference, batch)
    triples = zip(batch, in_graph(graph, batch), expected, strict=True)
    return [(text, got, wanted) for text, got, wanted in triples if got != wanted]


@cache
def reviews() -> tuple[str, ...]:
    """All 36,000 real reviews and titles, English and Chinese."""
    folder = Path(os.environ.get("INTENT_TF_DATA", ""))
    english = folder / "womens-clothing-reviews" / "Womens Clothing E-Commerce Reviews.csv.gz"
    chinese = folder / "chinese-waimai-10k" / "waimai_10k.csv"
    if not (english.is_file() and chinese.is_file()):
        pytest.skip("INTENT_TF_DATA holds no reviews")
    clothing = pd.read_csv(english)
    titled = clothing["Title"].fillna("") + "\n" + clothing["Review Text"].fillna("")
    return (*titled, *pd.read_csv(chinese)["review"])


@pytest.mark.parametrize(
    "options",
    [pytest.param(each, marks=[pytest.mark.slow] if "numbers" in each else []) for each in OPTIONS],
    ids=lambda options: "-".join(map(str, options.values())),
)
@settings(max_examples=15, deadline=None)
@given(batch=st.lists(st.one_of(any_text, piecewise_text), min_size=10, max_size=40))
def test_graph_and_reference_agree_on_any_text(options: dict[str, Any], batch: list[str]) -> None:
    assert differences(batch, options) == []


@every_tokeniser
def test_graph_and_reference_agree_on_hostile_texts(options: dict[str, Any]) -> None:
    assert differences(HOSTILE, options) == []


@pytest.mark.parametrize(
    "kind",
    [
        "wordpunct",
        "characters",
        *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("social", "treebank")),
    ],
)
def test_graph_and_reference_agree_on_every_character_between_letters(kind: str) -> None:
    batch = ["".join(f"a{char}b " for char in _ALL[i : i + 256]) for i in range(0, len(_ALL), 256)]
    assert differences(batch, {"kind": kind}) == []


@every_tokeniser
@pytest.mark.parametrize("part", ["ab, ", "\u0301", "e\u0301\u0323", "\u1100\u1161\u11a8", "！", "Σ"])
def test_graph_and_reference_agree_on_texts_of_100_kB(options: dict[str, Any], part: str) -> None:
    text = part * (100_000 // len(part.encode()))
    assert differences([text], {**options, "max_characters": len(text)}) == []


@every_tokeniser
def test_graph_and_reference_agree_on_real_reviews(options: dict[str, Any]) -> None:
    assert differences(reviews()[::20], options) == []


@pytest.mark.slow
@every_tokeniser
def test_graph_and_reference_agree_on_all_real_reviews(options: dict[str, Any]) -> None:
    assert differences(reviews(), options) == []


def test_wordpunct_cuts_runs_of_letters_and_of_punctuation() -> None:
    tokens = Tokenizer()(tf.constant(["Don't miss: 2for1!!"])).to_list()
    assert tokens == [[b"don", b"'", b"t", b"miss", b":", b"2for1", b"!!"]]


def test_characters_cuts_between_ideographs_and_kana_but_not_within_words() -> None:
    tokens = Tokenizer("characters")(tf.constant(["iPhone15很好。ドレス、ok!! 々한국"])).to_list()[0]
    assert " ".join(token.decode() for token in tokens) == "iphone15 很 好 。 ド レ ス 、 ok !! 々 한국"


def test_social_keeps_what_shoppers_write_whole() -> None:
    tokens = Tokenizer("social")(
        tf.constant(["LOVE it :D!! #OOTD @shop don't https://x.co/a ❤\ufe0f 👍🏽"])
    ).to_list()
    assert " ".join(token.decode() for token in tokens[0]) == (
        "love it :D ! ! #ootd @shop don't https://x.co/a ❤ \ufe0f 👍🏽"
    )


def test_social_names_and_lengthened_words_go_on_demand() -> None:
    tokens = Tokenizer("social", strip_handles=True, shorten=True)(tf.constant(["@a @b soooooo"])).to_list()
    assert tokens == [[b"sooo"]]


def test_social_gives_what_nltk_gives_for_the_raw_text() -> None:
    tokenizer = Tokenizer("social", lower=False, normalise=None)
    plain = [text.replace("\n", " ") for text in reviews()[::50]]
    assert [tokenizer.reference(text) for text in plain] == [
        TweetTokenizer().tokenize(text) for text in plain
    ]


def test_references_to_surrogates_are_the_one_input_on_which_social_is_not_nltk() -> None:
    assert TweetTokenizer().tokenize("&#xD800;") == ["\ud800"]
    assert Tokenizer("social").reference("&#xD800;") == ["\ufffd"]


def test_treebank_parts_clitics_and_the_final_period() -> None:
    tokens = Tokenizer("treebank")(tf.constant(["They don't ship to U.S. (yet)."])).to_list()[0]
    assert b" ".join(tokens) == b"they do n't ship to u.s. ( yet ) ."


def test_numbers_of_all_scripts_become_one_token() -> None:
    tokens = Tokenizer("social", numbers="0")(tf.constant(["12 -3.50 1,000 ٣٤ x2 3d"])).to_list()
    assert tokens == [[b"0", b"0", b"0", b"0", b"x2", b"3d"]]


def test_ways_of_writing_a_word_give_one_token() -> None:
    tokens = Tokenizer()(tf.constant(["Café", "CAFE\u0301", "ｃａｆé"])).to_list()
    assert tokens == [["café".encode()]] * 3


def test_stop_words_are_compared_after_normalisation() -> None:
    tokens = Tokenizer(stop_words=("ＴＨＥ",))(tf.constant(["the fit The"])).to_list()
    assert tokens == [[b"fit"]]


def test_an_empty_batch_gives_no_rows() -> None:
    assert Tokenizer()(tf.constant([], tf.string)).to_list() == []


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=30))
def test_invalid_bytes_count_as_replacement_characters(text: bytes) -> None:
    tokenizer, graph = tokeniser_and_graph(())
    tokens = graph(tf.constant(np.array([text, b""], object), tf.string)).to_list()[0]
    assert [token.decode() for token in tokens] == tokenizer.reference(text.decode("utf-8", "replace"))


def test_tokeniser_survives_its_configuration() -> None:
    tokenizer = Tokenizer(
        "social", False, "NFC", "<n>", ("the",), True, True, max_characters=99, name="words"
    )
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(tokenizer))
    assert copy.get_config() == tokenizer.get_config()


#: What a rule may scan again and again: one mega-byte of any takes hardly longer than its first characters.
NASTY = (
    *(
        "<",
        "<a",
        "<é",
        "-",
        "#",
        "&",
        "&amp;",
        "&#1;",
        "'",
        "'s ",
        '"',
        '("',
        "`",
        ".",
        "a.",
        "@a ",
        "a@b.",
        "1",
        "+1 ",
    ),
    *(
        "http://a",
        "a.com/(",
        "h(",
        " ",
        "\n",
        "a",
        "A",
        "\0",
        "e\u0301\u0323",
        "\u0301",
        "\u1100\u1161",
        "Σ",
        "👍🏽",
    ),
    *("👩\u200d", "🇨🇳", "漢", "Ａ", "\ufdfa"),
)


def megabyte(part: str) -> str:
    return part * (1_000_000 // len(part.encode()))


@every_tokeniser
def test_a_text_of_1_MB_gives_the_tokens_of_its_first_characters(options: dict[str, Any]) -> None:
    tokenizer, graph = tokeniser_and_graph(tuple({**options, "max_characters": 500}.items()))
    first = [tokenizer.reference(megabyte(part)[:500]) for part in NASTY]
    assert in_graph(graph, list(map(megabyte, NASTY))) == first


def test_the_reference_reads_as_many_characters() -> None:
    assert Tokenizer("characters", max_characters=3).reference("很好很好") == ["很", "好", "很"]


def test_normalised_texts_are_as_long_at_most() -> None:
    tokens = Tokenizer("whitespace", max_characters=8)(tf.constant(["\ufdfa" * 3])).to_list()[0]
    assert [token.decode() for token in tokens] == ["صلى", "الله"]  # one character that stands for four words


def test_stray_bytes_count_as_characters() -> None:
    tokens = Tokenizer(max_characters=3)(tf.constant([b"\x80\x80a\x80\x80bc"])).to_list()
    assert tokens == [["\ufffd\ufffd".encode(), b"a"]]


@pytest.mark.parametrize("kind", ["wordpunct", "characters", "social", "treebank", "whitespace"])
def test_1_MB_of_anything_costs_milliseconds(kind: str) -> None:
    _, graph = tokeniser_and_graph((("kind", kind),))
    slowest = {}
    for part in (*(part.encode() for part in NASTY), b"\xff", b"\xf0\x80"):
        text = tf.constant([part * (1_000_000 // len(part))])
        slowest[part] = min(timeit.repeat(lambda text=text: graph(text), number=1, repeat=3))
    assert max(slowest.values()) < 0.25, slowest  # 0.04 s where nothing else runs; 27 s and more before


def test_a_text_is_not_cut_to_nothing() -> None:
    with pytest.raises(InputError, match="max_characters=0; expected at least 1"):
        Tokenizer(max_characters=0)


def test_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'wordpunkt'; expected .*'wordpunct'"):
        Tokenizer("wordpunkt")


@pytest.mark.parametrize("option", ["strip_handles", "shorten"])
def test_options_of_social_belong_to_social(option: str) -> None:
    with pytest.raises(InputError, match="expected the kind 'social'"):
        Tokenizer(**{option: True})  # type: ignore[arg-type]


def test_texts_must_be_one_dimensional() -> None:
    with pytest.raises(InputError, match=r"expected shape \(batch,\)"):
        Tokenizer()(tf.constant([["a"]]))
