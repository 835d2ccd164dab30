from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.evaluation.baseline_rows import baseline_table


def test_baselines_get_the_numbers_that_the_graph_computed(shop_data: PreparedData) -> None:
    table = baseline_table(shop_data.test, shop_data.preprocessor)
    names = list(table.names)
    seconds, pages = (table.numbers[:, names.index(name)] for name in ("seconds", "pages"))
    np.testing.assert_allclose(table.numbers[:, names.index("seconds_a_page")], seconds / pages, rtol=1e-6)


def test_baselines_read_the_words_of_texts(shop_data: PreparedData) -> None:
    table = baseline_table(shop_data.test, shop_data.preprocessor)
    assert table.texts == shop_data.test.frame["title"].tolist()


def test_sequences_without_words_give_no_texts() -> None:
    clicks = [[str(index), "b"] for index in range(120)]
    frame = pd.DataFrame({"clicks": clicks, "bought": [0, 0, 1, 1] * 30})
    data = preprocess_data(frame, "bought")
    assert baseline_table(data.test, data.preprocessor).texts is None


def test_baselines_get_the_statistics_of_sequences_of_any_name_and_say_so() -> None:
    frame = pd.DataFrame({"pages": [["home"], ["home", "basket"]] * 60, "bought": [0, 0, 1, 1] * 30})
    data = preprocess_data(frame, "bought", verbose=False)
    inputs = baseline_table(data.test, data.preprocessor).inputs
    assert {"pages: events", "pages: count home", "pages: count basket"} <= set(inputs)
    assert inputs == data.preprocessor.number_names
