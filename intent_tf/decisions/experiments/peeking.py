"""What looking at an experiment all the time does to its errors, by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from intent_tf.decisions.experiments.sequential import always_valid_p_values
from intent_tf.errors import InputError


def peeking_errors(
    rate: float,
    users: int,
    looks: int,
    alpha: float = 0.05,
    effect: float = 0.0,
    tau: float | None = None,
    experiments: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Run many experiments that stop as soon as a look finds p < alpha.

    Args:
        rate: Conversion rate of the control arm, in (0, 1).
        users: Number of users in each arm at the last look.
        looks: Number of looks, spread evenly.
        alpha: Level of the tests.
        effect: What the treatment adds to the rate; 0 measures false alarms, else power.
        tau: See `mixture_ratio`; by default a tenth of the metric's deviation.
        experiments: Number of experiments to simulate.
        seed: Seed of the draws.

    Returns:
        One row a look: ``users`` (an arm), and the share of experiments stopped by then, by the test:
        ``fixed_horizon`` (the plain z-test at every look) and ``always_valid``.

    Raises:
        InputError: If an argument is out of its range.

    Example:
        >>> peeking_errors(0.1, 10_000, 20, experiments=500).iloc[-1].round(2).to_dict()
        {'users': 10000.0, 'fixed_horizon': 0.28, 'always_valid': 0.02}
    """
    if not (0 < rate < 1 and 0 <= rate + effect < 1):
        raise InputError(f"the rates are {rate} and {rate + effect}", expected="numbers in (0, 1)")
    if not 1 <= looks <= users:
        raise InputError(f"{looks} looks at {users} users were asked for", expected="from 1 to the users")
    generator = np.random.default_rng(seed)
    seen = np.linspace(users / looks, users, looks).astype(np.int64)
    step = np.diff(seen, prepend=0)
    means = [
        generator.binomial(step, chance, (experiments, looks)).cumsum(axis=1) / seen
        for chance in (rate, rate + effect)
    ]
    pooled = (means[0] + means[1]) / 2
    # A look at which nobody or everybody has converted says nothing yet: the variance 1/4 keeps it silent.
    spread = np.where((pooled > 0) & (pooled < 1), pooled * (1 - pooled), 0.25)
    variance, difference = 2 * spread / seen, means[1] - means[0]
    tau = tau or 0.1 * float(np.sqrt(rate * (1 - rate)))
    plain = 2 * norm.sf(np.abs(difference) / np.sqrt(variance))
    p_values_of = {"fixed_horizon": plain, "always_valid": always_valid_p_values(difference, variance, tau)}
    stopped = {
        name: np.maximum.accumulate(p_values < alpha, axis=1).mean(axis=0)
        for name, p_values in p_values_of.items()
    }
    return pd.DataFrame({"users": seen, **stopped})
