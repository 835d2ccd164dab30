from __future__ import annotations

import pytest

from intent_tf.decisions.advertise.targeting import persuasion_trial
from intent_tf.errors import InputError


def test_the_trial_shows_the_effect_that_is_known() -> None:
    trial, effect = persuasion_trial(6000, "coupon", seed=1)
    rates = trial.groupby("treated")["purchase"].mean()
    error = (rates * (1 - rates) / trial["treated"].value_counts()).sum() ** 0.5
    assert abs(rates[1] - rates[0] - effect.mean()) < 3 * error
    assert effect.std() > 0.01 and not {"reward", "action", "propensity"} & set(trial.columns)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_trial_with_one_arm_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="share of treated shoppers"):
        persuasion_trial(100, share=share)
