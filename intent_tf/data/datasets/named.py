"""What a named data set is: where its files are, what its columns mean, and its leakage-free split."""

import hashlib
import os
import shutil
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from intent_tf.data.example_source import ExampleSource
from intent_tf.errors import InputError
from intent_tf.options.source import DatasetName

_CACHE = Path.home() / ".cache" / "intent_tf"


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    Args:
        name: Path of the file below the data folder.
        sha256: SHA-256 hash of the file's content.
        url: Where its publisher serves it, a zip archive being unpacked; None where it is not served to
            everybody.
    """

    name: str
    sha256: str
    url: str | None = None


@dataclass(frozen=True)
class NamedDataset:
    """A public data set that `train --dataset NAME` knows.

    Args:
        name: Name of the data set on the command line.
        files: Files of the data set.
        source: Where a person finds the data set, and under which licence.
        load: Function that reads the files (given by their paths, in order) as an `ExampleSource`.
    """

    name: DatasetName
    files: tuple[DataFile, ...]
    source: str
    load: Callable[..., ExampleSource]

    def examples(self) -> ExampleSource:
        """Find the files, downloading those that are served, and read them.

        Files are looked for in the folder ``INTENT_TF_DATA`` and in ``~/.cache/intent_tf``.

        Raises:
            InputError: If a file is nowhere and not served, or has an unexpected content.
        """
        return self.load(*(self._locate(file) for file in self.files))

    def _locate(self, file: DataFile) -> Path:
        folders = [Path(os.environ["INTENT_TF_DATA"])] if os.environ.get("INTENT_TF_DATA") else []
        for folder in (*folders, _CACHE):
            if (folder / file.name).is_file():
                return folder / file.name
        if file.url is None:
            raise InputError(
                f"the data set {self.name!r} is not here, and its publisher serves it to members only",
                expected=f"the file {file.name} in the folder that INTENT_TF_DATA names",
                remedy=f"get it from {self.source}",
            )
        return self._download(file, _CACHE / file.name)

    def _download(self, file: DataFile, target: Path) -> Path:
        assert file.url is not None
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            fetched = Path(folder) / "fetched"
            try:
                with urllib.request.urlopen(file.url, timeout=60) as reply, fetched.open("wb") as out:
                    size = int(reply.headers.get("Content-Length") or 0) or None
                    with tqdm(total=size, unit="B", unit_scale=True, desc=f"downloading {self.name}") as bar:
                        while block := reply.read(1 << 16):
                            out.write(block)
                            bar.update(len(block))
            except OSError as error:  # among them all that urllib raises
                raise InputError(
                    f"the data set {self.name!r} is not here and cannot be downloaded ({error})",
                    expected=f"the file {file.name} in the folder that INTENT_TF_DATA names",
                    remedy=f"get it from {self.source}",
                ) from error
            if zipfile.is_zipfile(fetched):
                with zipfile.ZipFile(fetched) as archive:
                    if Path(file.name).name in archive.namelist():
                        fetched = Path(archive.extract(Path(file.name).name, folder))
            checksum = hashlib.sha256(fetched.read_bytes()).hexdigest()
            if checksum != file.sha256:
                raise InputError(
                    f"the file served has the SHA-256 {checksum}", file=file.url, expected=file.sha256
                )
            shutil.move(fetched, target)
        return target
