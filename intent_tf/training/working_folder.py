"""The folder of an interrupted run, which is only gone on with under the options it began with."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from intent_tf.data.output_folder import OutputFolder
from intent_tf.errors import InputError

_FREE = (
    "resume:",
    "quiet:",
    "epochs:",
    "tensorboard:",
    "out:",
    "overwrite:",
    "trials:",
    "seeds:",
    "strategy:",
    "collective:",
    "worker_timeout:",
    "preempted_status:",
)
"""Options that an interrupted run may be gone on with in another way."""

_CHECKPOINT = ("checkpoint/*.weights.h5", "checkpoint/state.json", "checkpoint/writing-*")
_STATE = ("config.yaml", "history.csv", "tensorboard/*", "tensorboard/*/*", "tensorboard/*/*/*", *_CHECKPOINT)
#: What a training leaves while it runs; the first phase of a fine-tuning has a folder of its own.
TRAINING_STATE = (*_STATE, *(f"predictor/{pattern}" for pattern in _STATE))


class WorkingFolder:
    """The part of an `OutputFolder` that a run works in, and that an interrupted one goes on with.

    Args:
        folder: The folder, whose state includes ``config.yaml``.
        configuration: The run's options as YAML, which are kept in the folder.
        resume: Whether to go on with what is there.

    Raises:
        InputError: If the interrupted run had other options.
    """

    def __init__(self, folder: OutputFolder, configuration: str, resume: bool) -> None:
        self.folder, self.configuration, self.resume = folder, configuration, resume
        self.path, self._kept = folder.path, folder.path / "config.yaml"
        if resume and self._kept.is_file() and _core(self._kept.read_text()) != _core(configuration):
            raise InputError(
                "the interrupted run had other options",
                file=self._kept,
                remedy="give them again, or leave out --resume",
            )

    def begin(self) -> None:
        """Make the folder: empty of what an earlier run left, unless this one resumes it."""
        self.folder.begin(self.resume)
        self._kept.write_text(self.configuration)


def state_of_0_1(folder: str | Path, state: Sequence[str]) -> Sequence[str]:
    """Return the state that version 0.1 left in a folder: its configuration there holds a run's options."""
    try:
        options = yaml.safe_load((Path(folder) / "config.yaml").read_text(encoding="utf-8"))
        return state if {"out", "seed", "resume"} <= set(options) else ()
    except (OSError, ValueError, TypeError, yaml.YAMLError):
        return ()


def _core(configuration: str) -> list[str]:
    return [line for line in configuration.splitlines() if not line.startswith(_FREE)]
