"""Finds and loads a trained model."""

from __future__ import annotations

import zipfile
from pathlib import Path

import keras

import intent_tf.training.training  # noqa: F401  registers with Keras every class that a file may name
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.serving.versions import versions

_EXPECTED = "a folder that `python -m intent_tf.train` wrote, or a .keras file"


def find_model(path: str | Path) -> Path:
    """Find the ``.keras`` file of a version folder, of the newest version in a folder, or of itself.

    Raises:
        InputError: If there is none.
    """
    index = Path(path)
    if index.suffix == ".keras" and index.is_file():
        return index
    if not index.exists():
        raise InputError("no such model", file=index, expected=_EXPECTED)
    numbers = versions(index)
    candidates = [index / "model.keras", *(index / str(version) / "model.keras" for version in numbers[::-1])]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise InputError("holds no model", file=index, expected=_EXPECTED)


def load_model(path: str | Path, *, trust: bool = False) -> IntentModel:
    """Load a trained model.

    Args:
        path: A version folder, a folder of versions (the newest is taken), or a ``.keras`` file.
        trust: Load it also if it holds what somebody else made and a process would run, as a model does whose
            encoder came from a TF-Hub style SavedModel; see Keras' ``safe_mode``.

    Raises:
        InputError: If there is no model, it is not one of this package, or it is not trusted.
    """
    file = find_model(path)
    try:
        model = keras.models.load_model(file, safe_mode=not trust)
    except (ValueError, TypeError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"cannot be loaded as a model ({error})", file=file, expected=_EXPECTED) from error
    if not isinstance(model, IntentModel):
        raise InputError(f"holds a {type(model).__name__}, no IntentModel", file=file, expected=_EXPECTED)
    return model
