from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.advertise.targeting import compare_targeting


def test_targeting_is_measured_by_the_trial_and_by_the_truth_alike() -> None:
    generator = np.random.default_rng(0)
    effect = generator.uniform(0, 0.4, 20_000)
    trial = pd.DataFrame({"treated": generator.integers(2, size=20_000)})
    trial["purchase"] = (generator.random(20_000) < 0.2 + trial["treated"] * effect).astype(int)
    scores = {"truth": effect, "random": generator.random(20_000)}
    found = compare_targeting(scores, trial, effect, share=0.5)
    assert found["qini"].tolist() == pytest.approx(found["true_qini"].tolist(), abs=0.01)
    # the upper half of effects uniform in [0, 0.4] has a mean of 0.3, a random half one of 0.2
    assert found.loc["truth", "added"] == pytest.approx(1000 * 0.5 * 0.3, abs=2)
    assert found.loc["random", "added"] == pytest.approx(1000 * 0.5 * 0.2, abs=3)
