"""Names for the weights of a model that do not depend on the classes of its layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras


def named_weights(api: Any, model: keras.Model) -> dict[str, keras.Variable]:
    """Name every weight that a model has learnt, such as ``predictor/hidden/0/kernel``.

    A name is the part's, then the attribute (of a list, and the place in it) of each layer on the way, and
    at last the variable's own.

    Args:
        api: `package_api`, or that of another version.
        model: The model.
    """
    found: dict[str, keras.Variable] = {}
    for part, layer in api.parts(model).items():
        for name, weight in _weights(layer, part):
            assert name not in found, f"two weights are called {name}"
            found[name] = weight
    unnamed = {id(weight) for weight in api.learnt(model)} - {id(weight) for weight in found.values()}
    assert not unnamed, [weight.path for weight in api.learnt(model) if id(weight) in unnamed]
    return found


def _weights(layer: keras.layers.Layer, prefix: str) -> Iterator[tuple[str, keras.Variable]]:
    children = [
        (f"{prefix}/{name}", child)
        for attribute, value in vars(layer).items()
        if not attribute.startswith("_")
        for name, child in _layers(value, attribute)
    ]
    below = {id(weight) for _, child in children for weight in child.weights}
    for weight in layer.weights:
        if id(weight) not in below:
            yield f"{prefix}/{weight.name}", weight
    for name, child in children:
        yield from _weights(child, name)


def _layers(value: Any, name: str) -> Iterator[tuple[str, keras.layers.Layer]]:
    if isinstance(value, keras.layers.Layer):
        yield name, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _layers(each, f"{name}/{key}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, each in enumerate(value):
            yield from _layers(each, f"{name}/{place}")
