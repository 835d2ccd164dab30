"""How many users an experiment needs, and whether its arms have the users that they should have."""

import math

from scipy.stats import chisquare

from intent_tf.errors import InputError, require


def sample_size(
    difference: float, deviation: float, power: float = 0.8, alpha: float = 0.05, share: float = 0.5
) -> int:
    r"""Count the users, of both arms together, that find a difference of means with a given power.

    For equal arms :math:`2 \cdot 2 (z_{1-\alpha/2} + z_{power})^2 \sigma^2 / \delta^2`.

    Args:
        difference: Smallest difference of the means worth finding, in the metric's unit, not 0.
        deviation: Standard deviation of the metric between users; of a rate p it is sqrt(p (1 - p)).
        power: Probability to find the difference if it is there, in (0, 1).
        alpha: Probability to find one that is not there (two-sided), in (0, 1).
        share: Share of users who are treated, in (0, 1).

    Raises:
        InputError: If an argument is out of its range.

    Example:
        >>> sample_size(difference=0.2, deviation=1.0)  # the textbook's 393 an arm
        786
    """
    effect = _effect(difference, deviation, alpha, share)
    if not alpha < power < 1:
        raise InputError(f"the power is {power}", expected=f"more than alpha ({alpha}) and less than 1")
    solver = require("statsmodels.stats.power", "decisions").NormalIndPower()
    control = float(solver.solve_power(effect, alpha=alpha, power=power, ratio=share / (1 - share)))
    return math.ceil(control) + math.ceil(control * share / (1 - share))


def power(users: int, difference: float, deviation: float, alpha: float = 0.05, share: float = 0.5) -> float:
    """Return the probability that an experiment of ``users`` finds a difference; see `sample_size`.

    Example:
        >>> round(power(786, difference=0.2, deviation=1.0), 3)
        0.801
    """
    effect = _effect(difference, deviation, alpha, share)
    if users < 2:
        raise InputError(f"the experiment has {users} users", expected="at least 2")
    solver = require("statsmodels.stats.power", "decisions").NormalIndPower()
    return float(solver.power(effect, users * (1 - share), alpha, ratio=share / (1 - share)))


def _effect(difference: float, deviation: float, alpha: float, share: float) -> float:
    if difference == 0 or not math.isfinite(difference):
        raise InputError(f"the difference is {difference}", expected="a finite number other than 0")
    if not deviation > 0:
        raise InputError(f"the standard deviation is {deviation}", expected="a positive number")
    for name, value in (("alpha", alpha), ("the share of treated users", share)):
        if not 0 < value < 1:
            raise InputError(f"{name} is {value}", expected="a number in (0, 1)")
    return abs(difference) / deviation


def ratio_p_value(control: int, treatment: int, share: float = 0.5) -> float:
    """Test whether the numbers of users could come from the split that was planned.

    A mismatch (p below 0.001 by custom) means that users were lost or sent astray in one arm; no other figure
    of the experiment can then be trusted.

    Args:
        control: Users of the control arm, at least 0.
        treatment: Users of the treatment arm, at least 0.
        share: Planned share of treated users, in (0, 1).

    Returns:
        The p-value of the chi-squared test with one degree of freedom, in [0, 1].

    Raises:
        InputError: If an arm is empty.

    Reference:
        Fabijan et al. (2019), Diagnosing Sample Ratio Mismatch in Online Controlled Experiments.

    Example:
        >>> round(ratio_p_value(500, 500), 3), round(ratio_p_value(450, 550), 4)
        (1.0, 0.0016)
    """
    if control < 1 or treatment < 1:
        raise InputError(f"the arms have {control} and {treatment} users", expected="at least one in each")
    if not 0 < share < 1:
        raise InputError(f"the share of treated users is {share}", expected="a number in (0, 1)")
    users = control + treatment
    return float(chisquare([control, treatment], [users * (1 - share), users * share]).pvalue)
