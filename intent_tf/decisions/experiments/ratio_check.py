"""Whether the arms have the users that they should have: the sample-ratio check."""

from __future__ import annotations

from scipy.stats import chisquare

from intent_tf.errors import InputError


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
