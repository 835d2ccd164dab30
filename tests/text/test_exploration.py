"""Words by label, as counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.figure import Figure

from intent_tf.errors import InputError
from intent_tf.text import Tokenizer, explore

REVIEWS = pd.DataFrame(
    {
        "text": ["so good fit"] * 5 + ["so bad cut"] * 3 + ["bad cut", None],
        "label": [1] * 5 + [0] * 4 + [1],
    }
)


def test_words_are_counted_by_label() -> None:
    words = explore(REVIEWS, text="text", label="label").words.set_index("word")
    assert words.loc["so", ["count 0", "count 1"]].tolist() == [3, 5]
    assert words.loc["bad", ["count 0", "count 1"]].tolist() == [4, 0]


def test_the_commonest_word_comes_first() -> None:
    assert explore(REVIEWS, text="text", label="label").words["word"][0] == "so"


def test_log_odds_say_of_which_label_a_word_is_typical() -> None:
    scores = explore(REVIEWS, text="text", label="label").words.set_index("word")["log_odds"]
    assert scores["good"] > abs(scores["so"]) > 0 > scores["bad"]


def test_the_tokeniser_leaves_out_stop_words() -> None:
    found = explore(REVIEWS, text="text", label="label", tokenizer=Tokenizer(stop_words=("so",)))
    assert "so" not in found.words["word"].tolist()


def test_pairs_that_follow_each_other_are_collocations() -> None:
    pairs = explore(REVIEWS, text="text", label="label").collocations
    assert ("bad cut", 4) in pairs.loc[pairs["label"] == 0, ["pair", "count"]].itertuples(
        index=False, name=None
    )


def test_no_more_words_than_asked_for_are_listed_of_a_label() -> None:
    assert len(explore(REVIEWS, text="text", label="label", top=1).words) == 2


def test_the_figure_has_bars_for_each_label() -> None:
    figure = explore(REVIEWS, text="text", label="label", top=3).figure
    assert isinstance(figure, Figure)
    assert [len(axes.patches) for axes in figure.axes] == [3, 3]


def test_several_labels_have_no_log_odds() -> None:
    frame = pd.DataFrame({"text": ["a", "b", "c"], "label": ["x", "y", "z"]})
    assert "log_odds" not in explore(frame, text="text", label="label").words


@pytest.mark.parametrize("columns", [{"text": "t", "label": "label"}, {"text": "text", "label": "l"}])
def test_a_missing_column_is_named(columns: dict[str, str]) -> None:
    with pytest.raises(InputError, match="no column"):
        explore(REVIEWS, **columns)


def test_texts_without_tokens_are_refused() -> None:
    with pytest.raises(InputError, match="no text has a token"):
        explore(pd.DataFrame({"text": [" "], "label": [0]}), text="text", label="label")
