from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from intent_tf.columns.inference import infer_specification
from intent_tf.data.datasets import DATASETS
from intent_tf.data.example_source import ExampleSource

FOLDER = os.environ.get("INTENT_TF_DATA", "")
pytestmark = pytest.mark.skipif(
    not Path(FOLDER, "dmc2013").is_dir(), reason="INTENT_TF_DATA names no data folder"
)


@pytest.fixture(scope="module")
def sources() -> dict[str, ExampleSource]:
    names = ("online_shoppers", "clothing_reviews", "dmc2013", "waimai")
    return {name: DATASETS[name].examples() for name in names}


def kinds(source: ExampleSource) -> dict[str, str]:
    frame = source.frame.drop(columns=list(source.excluded))
    specification = infer_specification(frame, source.label, kinds=source.kinds)
    return {column.name: column.kind for column in specification.columns}


@pytest.mark.parametrize("name", DATASETS)
def test_every_set_knows_its_name_its_source_and_the_content_of_its_files(name: str) -> None:
    dataset = DATASETS[name]
    assert dataset.name == name and dataset.source.startswith("https://")
    for file in dataset.files:
        assert hashlib.sha256(Path(FOLDER, file.name).read_bytes()).hexdigest() == file.sha256


def test_online_shoppers_is_the_published_table(sources: dict[str, ExampleSource]) -> None:
    frame = sources["online_shoppers"].frame
    assert frame.shape == (12_330, 18)
    assert frame["Revenue"].sum() == 1908


def test_coded_integers_of_online_shoppers_are_categories(sources: dict[str, ExampleSource]) -> None:
    coded = {name for name, kind in kinds(sources["online_shoppers"]).items() if kind == "category"}
    assert coded == {"OperatingSystems", "Browser", "Region", "TrafficType", "Month", "VisitorType"}


def test_clothing_reviews_are_read_for_their_text_alone(sources: dict[str, ExampleSource]) -> None:
    assert kinds(sources["clothing_reviews"]) == {"Title": "text", "Review Text": "text"}


def test_the_rating_of_a_review_is_left_out_since_it_decides_the_label(
    sources: dict[str, ExampleSource],
) -> None:
    assert sources["clothing_reviews"].excluded["Rating"] == "decides the label"


def test_reviews_without_text_or_with_a_repeated_one_are_counted(sources: dict[str, ExampleSource]) -> None:
    source = sources["clothing_reviews"]
    assert source.counts == {"reviews_without_text": 845, "repeated_reviews": 7}
    assert len(source.frame) == 23_486 - 845 - 7


def test_waimai_is_text_with_a_third_of_positives(sources: dict[str, ExampleSource]) -> None:
    source = sources["waimai"]
    assert kinds(source) == {"review": "text"}
    assert len(source.frame) == 11_987 and source.frame["label"].mean() == pytest.approx(0.334, abs=0.001)


def test_no_session_of_dmc_is_in_two_parts(sources: dict[str, ExampleSource]) -> None:
    frame = sources["dmc2013"].frame
    assert (frame.groupby("sessionNo")["part"].nunique() == 1).all()


def test_the_parts_of_dmc_follow_the_order_of_sessions(sources: dict[str, ExampleSource]) -> None:
    bounds = sources["dmc2013"].frame.groupby("part")["sessionNo"].agg(["min", "max"])
    assert bounds.loc["train"].tolist() == [1, 3240]
    assert bounds.loc["validation"].tolist() == [3241, 3600]
    assert bounds.loc["test"].tolist() == [3601, 4512]


def test_each_test_session_of_dmc_counts_once_a_prefix(sources: dict[str, ExampleSource]) -> None:
    tested = sources["dmc2013"].frame.query("part == 'test'")
    assert tested.groupby("prefix").size().to_dict() == {"1": 912, "3": 912, "5": 912, "whole": 912}
    assert not tested.duplicated(["prefix", "sessionNo"]).any()


def test_all_test_sessions_of_dmc_have_the_same_weight(sources: dict[str, ExampleSource]) -> None:
    assert (sources["dmc2013"].frame.query("part == 'test'")["weight"] == 1).all()


def test_a_state_of_dmc_knows_of_its_end_only_where_it_is_told(sources: dict[str, ExampleSource]) -> None:
    frame = sources["dmc2013"].frame
    ended = frame[frame["ended"] == 1]
    assert (ended["events"] == ended["length"]).all()
    assert "length" in sources["dmc2013"].excluded


def test_a_state_of_dmc_weighs_by_what_is_known_at_its_moment(sources: dict[str, ExampleSource]) -> None:
    # A weight that knew the session's length would hide some of the orders that early states lead to.
    frame = sources["dmc2013"].frame.query("part != 'test'")
    known = frame.groupby(["events", "ended"])["weight"]
    np.testing.assert_array_equal(known.min(), known.max())


def test_question_marks_of_dmc_are_missing_values(sources: dict[str, ExampleSource]) -> None:
    frame = sources["dmc2013"].frame
    assert not (frame.select_dtypes("str") == "?").any().any()
    assert kinds(sources["dmc2013"])["cMinPrice"] == "number"
