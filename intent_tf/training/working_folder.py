"""The folder of an interrupted run, which is only gone on with under the options it began with."""

from __future__ import annotations

import shutil
from pathlib import Path

from intent_tf.errors import InputError

_FREE = (
    "resume:",
    "quiet:",
    "epochs:",
    "tensorboard:",
    "out:",
    "trials:",
    "seeds:",
    "strategy:",
    "collective:",
    "worker_timeout:",
    "preempted_status:",
)
"""Options that an interrupted run may be gone on with in another way."""


def prepare_working_folder(folder: Path, configuration: str, resume: bool) -> None:
    """Make the folder for checkpoints, empty unless the run resumes.

    Args:
        folder: The folder for checkpoints.
        configuration: The run's options as YAML, which are kept in the folder.
        resume: Whether to go on with what is there.

    Raises:
        InputError: If the interrupted run had other options, or the folder cannot be written.
    """
    kept = folder / "config.yaml"
    if resume and kept.is_file() and _core(kept.read_text()) != _core(configuration):
        raise InputError(
            "the interrupted run had other options",
            file=kept,
            remedy="give them again, or leave out --resume",
        )
    if not resume:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(configuration)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=folder) from error


def _core(configuration: str) -> list[str]:
    return [line for line in configuration.splitlines() if not line.startswith(_FREE)]
