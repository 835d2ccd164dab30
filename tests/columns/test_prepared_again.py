"""New rows are prepared by what the first training taught: ids mean what they meant."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared_again import preprocess_again
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.splitting import SplitPlan
from intent_tf.errors import InputError

pytestmark = pytest.mark.guard


@pytest.fixture
def preprocessor(shop_data) -> Preprocessor:
    """A copy, whose specification may change."""
    config = keras.saving.serialize_keras_object(shop_data.preprocessor)
    copy = keras.saving.deserialize_keras_object(config)
    copy.adapt(shop_data.train.frame)
    return copy


@pytest.fixture
def frame(make_shop) -> pd.DataFrame:
    """New rows; half of them are of a month that the model does not know."""
    rows = make_shop(200, seed=7)
    return rows.assign(month=np.where(rows.index % 2, "Jul", rows["month"]), day=range(200))


def again(frame: pd.DataFrame, preprocessor: Preprocessor, **options: object):
    source = ExampleSource(frame, "bought", plan=SplitPlan(time="day"), **options)
    return preprocess_again(source, preprocessor, graded=False)


def test_ids_stay_and_what_is_new_is_unknown(frame, preprocessor: Preprocessor) -> None:
    before = preprocessor.encoders["category"].ids.categories("month")
    data = again(frame, preprocessor)
    assert data.preprocessor.encoders["category"].ids.categories("month") == before
    months = data.train.features["categories"].numpy()[:, preprocessor.category_names.index("month")]
    expected = [1 + before.index(each) if each in before else 0 for each in data.train.frame["month"]]
    assert months.tolist() == expected


def test_what_later_rows_are_held_against_is_counted_anew(frame, preprocessor: Preprocessor) -> None:
    data = again(frame, preprocessor)
    assert data.specification.seen["month"].unknown == pytest.approx(0.5, abs=0.05)
    assert "cells of 'month' are unknown categories" in data.facts.written()


def test_the_newest_rows_are_tested(frame, preprocessor: Preprocessor) -> None:
    data = again(frame, preprocessor)
    assert data.test.frame["day"].min() > data.train.frame["day"].max()


def test_a_column_that_is_missing_is_told(frame, preprocessor: Preprocessor) -> None:
    with pytest.raises(InputError, match="the table has no column 'pages'"):
        again(frame.drop(columns="pages"), preprocessor)


def test_labels_of_another_kind_are_refused(frame, preprocessor: Preprocessor) -> None:
    source = ExampleSource(frame, "bought", plan=SplitPlan(time="day"))
    with pytest.raises(InputError, match="the labels are not graded"):
        preprocess_again(source, preprocessor, graded=True)
