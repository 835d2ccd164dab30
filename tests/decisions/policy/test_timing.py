from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.policy.timing import choose_threshold, compare_timing, first_worthwhile
from intent_tf.errors import InputError


def test_a_session_is_acted_on_once_at_most() -> None:
    assert first_worthwhile([1.0, 1.0, 0.0, 1.0], ["a", "a", "b", "b"], 0.5).tolist() == [0, 3]
    assert not len(first_worthwhile([0.1], ["a"], 0.5))


def test_waiting_pays_where_better_moments_come() -> None:
    sessions = np.repeat(["a", "b", "c"], 2)
    assert choose_threshold([0.2, 1.0] * 3, sessions) == 1.0  # 3 in place of 0.6
    assert choose_threshold([0.2, 0.0] * 3, sessions) == 0.2


def test_hand_computed_gains() -> None:
    prediction_times = pd.DataFrame({"session_id": np.repeat(["a", "b"], 2), "events": [1, 2, 1, 2]})
    exact = np.array([[0.0, 0.2], [1.0, 3.0], [0.0, 0.4], [1.0, 1.5]])
    known = np.array([True, True, False, False])
    found = compare_timing(prediction_times, np.tile([0.0, 0.1], (4, 1)), exact, known)
    # the estimates see no difference and act at the first event; the oracle waits for a gain of 2, in vain
    assert found.loc["estimates"].to_numpy().tolist() == [[0.4, 1.0], [0.4, 1.0]]
    assert found.loc["oracle"].to_numpy().tolist() == [[0.5, 1.0], [0.0, 0.0]]


def test_someone_must_be_left_to_measure() -> None:
    prediction_times = pd.DataFrame({"session_id": ["a"], "events": [1]})
    with pytest.raises(InputError, match="all sessions are known, or none is"):
        compare_timing(prediction_times, np.zeros((1, 2)), np.zeros((1, 2)), np.array([True]))
    with pytest.raises(InputError, match="no prediction times"):
        choose_threshold([], [])
