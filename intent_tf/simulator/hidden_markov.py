"""Hidden Markov chains that end: drawing from them, filtering them, and what is still to come."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def draw(table: Floats, rows: Codes, generator: np.random.Generator) -> Codes:
    """Draw one column for each of `rows`, with the probabilities that stand in that row of `table`.

    Args:
        table: Probabilities, shape ``(kinds, columns)``; every row sums to 1.
        rows: The rows to draw from, shape ``(draws,)``.
        generator: Where the randomness comes from.

    Returns:
        The columns drawn, shape ``(draws,)``.

    Example:
        >>> draw(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 1, 0]), np.random.default_rng(0))
        array([1, 0, 1])
    """
    thresholds = table.cumsum(axis=1)[:, :-1]
    drawn: Codes = (generator.random(len(rows))[:, None] >= thresholds[rows]).sum(axis=1)
    return drawn


def forward(start: Floats, transition: Floats, likelihood: Floats, carried: Floats, first: Codes) -> Floats:
    r"""Filter many chains at once: the distribution of the state at each event, given the events so far.

    The forward algorithm, with :math:`x` the events and :math:`z` the states:

    .. math:: b_1(z) \propto \pi(z)\,p(x_1|z), \qquad
              b_{t+1}(z') \propto p(x_{t+1}|z') \sum_z b_t(z)\,c_t(z)\,A(z, z')

    Normalised at every event, so that no chain is too long for floating-point numbers.

    Args:
        start: :math:`\pi`, shape ``(states,)``.
        transition: :math:`A`, shape ``(states, states)``; every row sums to 1.
        likelihood: :math:`p(x_t|z)`, shape ``(events, states)``; a chain's events are adjacent and in order.
        carried: :math:`c_t(z)`: the likelihood of what is only seen once the next event is there (that there
            is one, and how long it took), shape ``(events, states)``. A chain's last row is not used.
        first: The row of each chain's first event, ascending, shape ``(chains,)``.

    Returns:
        :math:`b`, shape ``(events, states)``; NaN from the first event on that no state can explain.

    References:
        L. R. Rabiner, "A tutorial on hidden Markov models and selected applications in speech recognition",
        Proceedings of the IEEE 77(2), 1989.

    Example:
        >>> rain_or_sun, umbrella = np.array([0.5, 0.5]), np.array([[0.9, 0.2], [0.9, 0.2]])
        >>> forward(rain_or_sun, np.array([[0.7, 0.3], [0.3, 0.7]]), umbrella, np.ones((2, 2)), np.array([0]))
        array([[0.81818182, 0.18181818],
               [0.88335704, 0.11664296]])
    """
    length = np.diff(np.append(first, len(likelihood)))
    longest_first = np.argsort(-length, kind="stable")
    first, length = first[longest_first], length[longest_first]
    belief = np.empty_like(likelihood)
    for step in range(length.max(initial=0)):
        rows = first[: np.searchsorted(-length, -step)] + step
        prior = start if step == 0 else (belief[rows - 1] * carried[rows - 1]) @ transition
        joint = prior * likelihood[rows]
        with np.errstate(invalid="ignore"):  # 0 / 0 is the NaN promised above
            belief[rows] = joint / joint.sum(axis=1, keepdims=True)
    return belief


def still_to_come(transition: Floats, end: Floats, event: Floats) -> Floats:
    r"""For each state, the probability that a certain event is still to come before the chain ends.

    .. math:: v(z) = (1 - e(z)) \sum_{z'} A(z, z') \left(p(z') + (1 - p(z'))\,v(z')\right)

    solved as the linear system it is.

    Args:
        transition: :math:`A`, shape ``(states, states)``; every row sums to 1.
        end: :math:`e`, the probability that the chain ends in a state, shape ``(states,)``.
        event: :math:`p`, the probability that a state emits the event, shape ``(states,)``.

    Returns:
        :math:`v`, shape ``(states,)``, each in [0, 1].

    Example:
        >>> still_to_come(np.array([[1.0]]), end=np.array([0.5]), event=np.array([0.5]))  # 1/4 + 1/16 + ...
        array([0.33333333])
    """
    going_on = (1 - end)[:, None] * transition
    come = np.linalg.solve(np.eye(len(end)) - going_on * (1 - event), going_on @ event)
    return come.astype(np.float64)
