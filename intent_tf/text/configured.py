"""Keras objects whose configuration is read off their constructor."""

import inspect
from typing import Any

import keras


class Configured:
    """Stands before a Keras class whose objects keep each argument of their constructor under its name.

    Then the constructor's signature says what the configuration holds, and no list of the arguments has to
    be kept beside it. Layers (also in a mapping), initializers, regularizers and constraints are written as
    Keras does it, an activation by its name where it has one, and all else as it is. What is learnt is state,
    no configuration.

    Example:
        >>> @keras.saving.register_keras_serializable("example")
        ... class Repeat(Configured, keras.layers.Layer):
        ...     def __init__(self, times: int, **kwargs: Any) -> None:
        ...         super().__init__(**kwargs)
        ...         self.times = times
        >>> Repeat.from_config(Repeat(3).get_config()).times
        3
    """

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        _, *parameters = inspect.signature(type(self).__init__).parameters.values()
        names = [each.name for each in parameters if each.kind is not inspect.Parameter.VAR_KEYWORD]
        above: Any = super()
        return {**above.get_config(), **{name: _written(name, getattr(self, name)) for name in names}}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Return what `get_config` described."""
        # Not by Keras' own way, which prints the whole configuration into every error.
        described = {name for name, value in config.items() if isinstance(value, dict)}
        read = {name: keras.saving.deserialize_keras_object(config[name]) for name in described}
        return cls(**{**config, **read})


def _written(name: str, value: Any) -> Any:
    if name == "activation":
        return keras.activations.serialize(value)
    if isinstance(value, dict):
        return {key: _written("", each) for key, each in value.items()}
    return keras.saving.serialize_keras_object(value) if hasattr(value, "get_config") else value
