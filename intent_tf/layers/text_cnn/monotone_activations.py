"""The activations that may be applied after the maximum instead of before it."""

from typing import Any

MONOTONE = frozenset(
    {"celu", "elu", "exponential", "hard_sigmoid", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "relu"}
    | {"relu6", "selu", "sigmoid", "softplus", "softsign", "squareplus", "tanh"}
)
"""Names of Keras' activations that never fall."""


def is_monotone(activation: Any) -> bool:
    """Tell whether an activation is known never to fall, so that ``max f(x) = f(max x)``.

    Args:
        activation: Function, such as `keras.activations.get` returns.

    Returns:
        False for an activation that is not one of Keras' own, too.

    Example:
        >>> import keras
        >>> is_monotone(keras.activations.relu), is_monotone(keras.activations.gelu)
        (True, False)
    """
    return getattr(activation, "__name__", "") in MONOTONE
