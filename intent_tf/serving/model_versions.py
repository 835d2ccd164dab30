"""The newest version in a folder, swapped for a newer one while requests run."""

import gc
import json
import logging
from pathlib import Path
from typing import NamedTuple

from intent_tf.errors import InputError
from intent_tf.serving.manifest import check_manifest
from intent_tf.serving.rest_json import to_tensors
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.trained_model import open_saved_model
from intent_tf.serving.versions import versions

_LOG = logging.getLogger("intent_tf.serving")


#: Paths, sizes and times of a folder's files: what changes when a copy goes on, or another takes its place.
_Content = frozenset[tuple[str, int, int]]


class LoadedVersion(NamedTuple):
    """A version in memory."""

    number: int
    model: ServedModel
    content: _Content


class ModelVersions:
    """The newest version of a model; whoever wants a swap calls `refresh` from time to time.

    A request takes ``current`` once and keeps it: the version before goes when its last request has its
    answer. ``failed`` says by number what is wrong with versions that could not be loaded; they are tried
    again when their files change, as those of one do that is being copied.

    Args:
        base: The folder of versions, or one version's folder.
        name: The model's name; by default the folder's.
        trust: Run models of strangers also; see `open_saved_model`.

    Raises:
        InputError: If there is no version, or the newest cannot be loaded.
    """

    def __init__(self, base: str | Path, name: str = "", *, trust: bool = False) -> None:
        self._base, self._trust = Path(base).resolve(), trust
        self._alone = (self._base / "saved_model.pb").is_file()
        self.name = name or (self._base.parent if self._alone else self._base).name
        self.failed: dict[int, str] = {}
        self._swapped = False
        self._tried: tuple[int, _Content] | None = None
        folders = self._folders()
        if not folders:
            raise InputError(
                "holds no version of a model",
                file=base,
                expected="a folder that `python -m intent_tf.train` wrote",
            )
        self.current = self._load(max(folders), folders[max(folders)])

    def refresh(self) -> None:
        """Load the newest version if it is another one; if it cannot be loaded, nothing changes."""
        folders = self._folders()
        self.failed = {number: error for number, error in self.failed.items() if number in folders}
        newest = max(folders, default=self.current.number)
        tried = (newest, _content(folders[newest]) if folders else self.current.content)
        if tried in (self._tried, (self.current.number, self.current.content)):
            if self._swapped:  # a version holds itself in cycles; by now nobody asks the one before
                gc.collect()
                self._swapped = False
            return
        self._tried = tried
        try:
            self.current = self._load(newest, folders[newest])
        except Exception as error:  # whatever is wrong with it, the version before goes on
            self.failed[newest] = str(error)
            _LOG.warning("version %d cannot be loaded: %s", newest, error)
        else:
            self.failed.pop(newest, None)
            self._swapped = True
            _LOG.info("version %d answers requests", newest)

    def _folders(self) -> dict[int, Path]:
        if self._alone:
            return {int(self._base.name) if self._base.name.isdecimal() else 1: self._base}
        return versions(self._base)

    def _load(self, number: int, folder: Path) -> LoadedVersion:
        content = _content(folder)
        check_manifest(folder)
        model, _ = open_saved_model(folder, trust=self._trust)
        golden = folder / "assets.extra/golden_request_columnar.json"
        if golden.is_file():  # so that no shopper waits for the first call
            request = json.loads(golden.read_text(encoding="utf-8"))
            model.run(to_tensors(request, model.signatures["serving_default"])[0])
        return LoadedVersion(number, model, content)


def _content(folder: Path) -> _Content:
    files = ((path, path.stat()) for path in folder.rglob("*"))
    return frozenset((str(path), status.st_size, status.st_mtime_ns) for path, status in files)
