from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.segment.segmentation import Segmentation, choose_count, compare_counts
from intent_tf.errors import InputError


@pytest.fixture(scope="module")
def users() -> pd.DataFrame:
    """Three groups that nobody could confuse: buyers, the undecided, and the lost."""
    generator = np.random.default_rng(0)
    kinds = np.repeat([[1.0, 9.0, 500.0, 0.9], [2.0, 2.0, 0.0, 0.5], [60.0, 2.0, 0.0, 0.1]], 40, axis=0)
    return pd.DataFrame(
        kinds * generator.uniform(0.9, 1.1, kinds.shape),
        columns=["recency", "frequency", "money", "probability"],
    )


def test_groups_that_are_plain_are_found(users: pd.DataFrame) -> None:
    segment = Segmentation.fit(users, 3).assign(users)
    assert all(segment[begin : begin + 40].nunique() == 1 for begin in (0, 40, 80)) and segment.nunique() == 3


def test_the_plain_number_of_groups_is_chosen(users: pd.DataFrame) -> None:
    compared = compare_counts(users, range(2, 6), repeats=4)
    assert choose_count(compared) == 3 and compared.loc[3, "stability"] == 1


def test_segments_are_named_by_what_sets_them_apart(users: pd.DataFrame) -> None:
    segmentation = Segmentation.fit(users, 3)
    names = segmentation.assign(users)
    assert "frequent" in names[0] or "high spend" in names[0]
    assert names[80] == "long gone, weak intent"


def test_names_are_never_shared(users: pd.DataFrame) -> None:
    assert len(set(Segmentation.fit(users, 12).names)) == 12


def test_a_new_user_is_assigned_as_an_old_one_like_him(users: pd.DataFrame, tmp_path: Path) -> None:
    segmentation = Segmentation.fit(users, 3)
    segmentation.save(tmp_path / "segmentation.json")
    loaded = Segmentation.load(tmp_path / "segmentation.json")
    assert loaded == segmentation
    assert loaded.assign(users.iloc[[85]]).tolist() == [segmentation.assign(users)[85]]


def test_hand_computed_nearest_centre() -> None:
    segmentation = Segmentation(("probability",), (0.5,), (0.25,), ((-1.0,), (1.0,)), ("weak", "strong"))
    assert segmentation.assign(pd.DataFrame({"probability": [0.4, 0.6, 9.0]})).tolist() == [
        "weak",
        "strong",
        "strong",
    ]


def test_a_missing_value_is_told_with_its_place(users: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="row 7, column 'money': found nan"):
        Segmentation.fit(users.assign(money=users["money"].mask(users.index == 7)), 2)


def test_fewer_users_than_segments_are_an_error(users: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="3 segments of 2 users"):
        Segmentation.fit(users.head(2), 3)


def test_a_file_that_is_no_segmentation_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(InputError, match=r"other\.json: is no segmentation"):
        Segmentation.load(tmp_path / "other.json")
