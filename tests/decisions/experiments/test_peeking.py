from __future__ import annotations

import pytest

from intent_tf.decisions.experiments.sequential import peeking_errors
from intent_tf.errors import InputError


def test_peeking_breaks_the_plain_test_and_not_the_always_valid_one() -> None:
    last = peeking_errors(0.1, 20_000, looks=200, experiments=3000).iloc[-1]
    assert last["fixed_horizon"] > 0.3 and last["always_valid"] < 0.05


def test_one_look_gives_the_plain_test_its_level() -> None:
    last = peeking_errors(0.2, 20_000, looks=1, experiments=4000).iloc[-1]
    assert last["fixed_horizon"] == pytest.approx(0.05, abs=3 * (0.05 * 0.95 / 4000) ** 0.5)


def test_an_effect_is_found_in_the_end() -> None:
    assert peeking_errors(0.1, 20_000, looks=50, effect=0.02, experiments=300)["always_valid"].iloc[-1] > 0.98


def test_more_looks_than_users_are_refused() -> None:
    with pytest.raises(InputError, match="20 looks at 10 users"):
        peeking_errors(0.1, users=10, looks=20)
