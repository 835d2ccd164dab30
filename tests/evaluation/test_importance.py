from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.data.predictions import Labels
from intent_tf.errors import InputError
from intent_tf.evaluation.importance import permutation_importance

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "strong": RNG.normal(size=400),
        "weak": RNG.normal(size=400),
        "unused": RNG.normal(size=400),
        "events": [["click"] * n for n in RNG.integers(1, 5, 400)],
    }
)


def predict(frame):
    return 1 / (1 + np.exp(-3 * frame["strong"] - frame["weak"]))


LABEL = (RNG.uniform(size=400) < predict(FRAME)).astype(int)


def importance(**options):
    found = permutation_importance(predict, FRAME, Labels.unweighted(LABEL), **options)
    return {row.column: row for row in found}


def test_columns_come_in_the_order_of_their_effect():
    assert list(importance())[:2] == ["strong", "weak"]


def test_a_column_that_the_model_does_not_read_loses_nothing():
    unused = importance()["unused"]
    assert unused.auroc_drop == unused.auroc_drop_deviation == 0
    assert unused.log_loss_rise == pytest.approx(0, abs=1e-12)


def test_shuffling_all_that_the_model_reads_leaves_chance():
    found = importance(groups={"all": ["strong", "weak"]}, repeats=10)["all"]
    auroc = permutation_importance(predict, FRAME, Labels.unweighted(LABEL), {"none": []})[0]
    assert auroc.auroc_drop == 0
    wins = (predict(FRAME).to_numpy()[LABEL == 1][:, None] > predict(FRAME).to_numpy()[LABEL == 0]).mean()
    assert found.auroc_drop == pytest.approx(wins - 0.5, abs=0.03)


def test_columns_of_a_group_keep_their_rows_together():
    # The model reads the difference of two equal columns, which stays 0 if they move together.
    frame = pd.DataFrame({"a": FRAME["strong"], "b": FRAME["strong"], "signal": FRAME["weak"]})

    def difference(rows):
        return 1 / (1 + np.exp(-rows["signal"] - 9 * (rows["a"] - rows["b"])))

    together = permutation_importance(difference, frame, Labels.unweighted(LABEL), {"both": ["a", "b"]})[0]
    alone = permutation_importance(difference, frame, Labels.unweighted(LABEL), {"a": ["a"]})[0]
    assert together.auroc_drop == 0 < alone.log_loss_rise


def test_sequences_are_shuffled_too():
    def by_length(frame):
        return frame["events"].map(len) / 5

    label = (FRAME["events"].map(len) > 2).astype(int)
    found = permutation_importance(by_length, FRAME, Labels.unweighted(label), {"events": ["events"]})[0]
    assert found.auroc_drop == pytest.approx(0.5, abs=0.06)


def test_the_frame_is_left_as_it_was():
    before = FRAME.copy(deep=True)
    importance()
    pd.testing.assert_frame_equal(FRAME, before)


def test_the_same_seed_shuffles_alike():
    assert importance(seed=3) == importance(seed=3) != importance(seed=4)


def test_only_so_many_rows_are_predicted():
    seen = []

    def counting(frame):
        seen.append(len(frame))
        return predict(frame)

    permutation_importance(
        counting, FRAME, Labels.unweighted(LABEL), {"strong": ["strong"]}, repeats=2, rows=100
    )
    assert seen == [100, 100, 100]


def test_an_unknown_column_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="no column 'prize' to shuffle; expected strong, weak"):
        importance(groups={"prize": ["prize"]})


def test_labels_of_one_class_are_refused():
    with pytest.raises(InputError, match="all 400 labels are 1; expected both classes"):
        permutation_importance(predict, FRAME, Labels.unweighted(np.ones(400)))
