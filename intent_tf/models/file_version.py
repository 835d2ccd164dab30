"""Which version of the package wrote a ``.keras`` file, and whether this one can load it."""

from typing import Any

from intent_tf.errors import InputError
from intent_tf.version import __version__

#: The key of the version in a model's configuration.
VERSION = "intent_tf_version"
#: The version of files that tell none.
_BEFORE = "0.1"


def refuse_other_version(config: dict[str, Any]) -> None:
    """Refuse the configuration of a model that another minor version wrote.

    A model's layers, their arguments and the order of their weights belong to one minor version. Its
    SavedModel needs none of them, so it runs in every version.

    Args:
        config: What `IntentModel.get_config` returned. Without a version it is of 0.1, which wrote none.

    Raises:
        InputError: If it is of another minor version; the message names both, and what to do.

    Example:
        >>> refuse_other_version({VERSION: __version__})
        >>> refuse_other_version({VERSION: "0.1.4"})
        Traceback (most recent call last):
        ...
        intent_tf.errors.InputError: written by intent_tf 0.1.4, which intent_tf ... cannot load...
    """
    version = str(config.get(VERSION, _BEFORE))
    wrote, runs = _minor(version), _minor(__version__)
    if wrote != runs:
        raise InputError(
            f"written by intent_tf {version}, which intent_tf {__version__} cannot load",
            remedy=f"run the SavedModel beside it with predict, evaluate or serve, "
            f"or pip install 'intent_tf=={wrote}.*'",
        )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
