"""Finds and loads a trained model."""

import zipfile
from pathlib import Path

import keras

import intent_tf.training.training  # noqa: F401  registers with Keras every class that a file may name
from intent_tf.errors import InputError
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.input_file import MODEL_FILE, existing_model
from intent_tf.serving.versions import versions


def find_model(path: str | Path) -> Path:
    """Find the ``.keras`` file of a version folder, of the newest version in a folder, or of itself.

    Raises:
        InputError: If there is none.
    """
    location = Path(path)
    return location if _is_keras_file(location) else _newest(location, "model.keras") / "model.keras"


def find_version(path: str | Path) -> Path:
    """Find a version folder, the newest in a folder of versions, or a ``.keras`` file that is named itself.

    Raises:
        InputError: If there is none that holds a SavedModel or a ``.keras`` file.
    """
    location = Path(path)
    return location if _is_keras_file(location) else _newest(location, "saved_model.pb", "model.keras")


def load_model(path: str | Path, *, trust: bool = False) -> IntentModel:
    """Load a trained model.

    Args:
        path: A version folder, a folder of versions (the newest is taken), or a ``.keras`` file.
        trust: Load it also if it holds what somebody else made and a process would run, as a model does whose
            encoder came from a TF-Hub style SavedModel; see Keras' ``safe_mode``.

    Raises:
        InputError: If there is no model, it is not one of this package, another minor version wrote it, or it
            is not trusted.
    """
    file = find_model(path)
    try:
        model = keras.models.load_model(file, safe_mode=not trust)
    except InputError as error:
        raise InputError(str(error), file=file) from error
    except (ValueError, TypeError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"cannot be loaded as a model ({error})", file=file, expected=MODEL_FILE) from error
    if not isinstance(model, IntentModel):
        raise InputError(f"holds a {type(model).__name__}, no IntentModel", file=file, expected=MODEL_FILE)
    return model


def _is_keras_file(location: Path) -> bool:
    return location.suffix == ".keras" and location.is_file()


def _newest(location: Path, *names: str) -> Path:
    """Find the folder, or the newest version in it, that holds a file of one of these names."""
    existing_model(location)
    for folder in (location, *reversed(versions(location).values())):
        if any((folder / name).is_file() for name in names):
            return folder
    raise InputError("holds no model", file=location, expected=MODEL_FILE)
