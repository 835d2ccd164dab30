"""Where a verb writes: a folder or a file whose own content comes and goes, and all else stays."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path

from intent_tf.errors import InputError

MANIFEST = ".intent_tf.json"


class OutputFolder:
    """A folder for the files of one verb, which takes the place of no other file and removes none.

    The folder is new, empty or of the verb's own making, which a manifest in it tells. Nothing in it is
    changed before `begin` or the end of `written`, so that bad input leaves an earlier result as it was, and
    no symbolic link is followed.

    Args:
        path: The folder. It is created when something is written.
        verb: Name of the verb.
        results: Patterns of the files that `written` puts there, relative to the folder; ``*`` stands for
            anything within one name.
        state: Patterns of the files that the verb works on from `begin` on, such as checkpoints.
        overwrite: Write among the files of others too.
        option: How to ask for that, for messages; None where one cannot.
        earlier: Files that an earlier version, which wrote no manifest, is known to have written.

    Raises:
        InputError: If the folder cannot be taken: it is a file or a link, or holds what others wrote.
    """

    def __init__(
        self,
        path: str | Path,
        verb: str,
        results: Sequence[str] = (),
        *,
        state: Sequence[str] = (),
        overwrite: bool = False,
        option: str | None = "--overwrite",
        earlier: Iterable[str] = (),
    ) -> None:
        self.path, self.verb = Path.cwd() / path, verb
        self.results, self.state, self.earlier = tuple(results), tuple(state), tuple(earlier)
        if self.path.is_symlink():
            raise InputError("is a symbolic link", file=path, remedy="give the folder itself")
        if self.path.exists() and not self.path.is_dir():
            raise InputError("is a file", file=path, expected="a folder")
        foreign = self.path.exists() and any(self.path.iterdir()) and not self._listed()
        if foreign and not overwrite:
            remedy = "choose another folder" + (f", or give {option} to write among them" if option else "")
            raise InputError(f"is not empty, and {verb} did not write the files", file=path, remedy=remedy)
        self._refuse_what_is_in_the_way()

    def begin(self, resume: bool = False) -> None:
        """Claim the folder for the state that is to come, and remove that of an earlier run unless resumed.

        Raises:
            InputError: If the folder cannot be written.
        """
        if not resume:
            self._remove(self._own(self.state))
        with _told(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._write_manifest(self.path, {*self._own(self.results), *self.state})

    def remove_state(self) -> None:
        """Remove the state, which is all that the verb wrote, and the folder if nothing else is in it."""
        self._remove([*self._own(self.state), MANIFEST])
        with suppress(OSError):  # something of others is left
            self.path.rmdir()

    @contextmanager
    def written(self) -> Iterator[Path]:
        """Give a new folder to write the result to; when it is complete, its files move into their places.

        Raises:
            InputError: If the folder cannot be written, or a file of others has come into the way.
        """
        there = self.path.exists()
        with _told(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            place = self.path if there else self.path.parent
            beside = tempfile.TemporaryDirectory(dir=place, prefix=".writing-")
        with beside:
            result = Path(beside.name) / "result"
            result.mkdir()
            yield result
            with _told(self.path):
                written = (file for file in _entries(result) if file.is_file() and file.name != MANIFEST)
                files = [file.relative_to(result).as_posix() for file in written]
                if self.path.exists():
                    self._move(result, files)
                else:
                    self._write_manifest(result, files)
                    result.rename(self.path)

    def _move(self, result: Path, files: Sequence[str]) -> None:
        self._refuse_what_is_in_the_way()
        old = set(self._own(self.results))
        kept = [name for name in self._listed() if name in self.state]
        self._write_manifest(self.path, {*kept, *old, *files})  # so that a killed process leaves none unknown
        for name in files:
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (result / name).replace(self.path / name)
        self._remove(old.difference(files))
        self._write_manifest(self.path, {*kept, *files})

    def _listed(self) -> list[str]:
        """Names and patterns of the verb's files, as the manifest of its last run tells them."""
        try:
            manifest = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
            return [str(name) for name in manifest["files"]] if manifest["verb"] == self.verb else []
        except (OSError, ValueError, KeyError, TypeError):
            return list(self.earlier)

    def _write_manifest(self, folder: Path, files: Iterable[str]) -> None:
        written = json.dumps({"verb": self.verb, "files": sorted(files)}, indent=2)
        (folder / MANIFEST).write_text(written + "\n", encoding="utf-8")

    def _own(self, patterns: Sequence[str]) -> list[str]:
        """Names of the files there that match, and that the manifest knows."""
        listed = set(self._listed())
        general = [name for name in listed if "*" in name]
        return [
            name
            for name, entry in self._named(patterns)
            if not entry.is_dir() and _fits(name, patterns) and (name in listed or _fits(name, general))
        ]

    def _named(self, patterns: Sequence[str]) -> Iterator[tuple[str, Path]]:
        """Walk through what stands where files of these patterns belong."""
        for top in {pattern.partition("/")[0] for pattern in patterns}:
            for entry in (each for found in self.path.glob(top) for each in _entries(found)):
                yield entry.relative_to(self.path).as_posix(), entry

    def _refuse_what_is_in_the_way(self) -> None:
        patterns = (*self.results, *self.state)
        own = set(self._own(patterns))
        remedy = "move it, or choose another folder"
        for name, entry in self._named(patterns):
            if entry.is_symlink():
                raise InputError("is a symbolic link", file=entry, remedy=remedy)
            above = any(pattern.startswith(f"{name}/") for pattern in patterns)
            taken = name in patterns if entry.is_dir() else above or _fits(name, patterns)
            if taken and name not in own:
                found = f"is in the place of a file that {self.verb} writes"
                raise InputError(found, file=entry, remedy=remedy)

    def _remove(self, names: Iterable[str]) -> None:
        """Remove files, and folders in which nothing is left."""
        for name in names:
            file = self.path / name
            file.unlink(missing_ok=True)
            for folder in file.parents:
                if folder == self.path or any(folder.iterdir()):
                    break
                folder.rmdir()


def check_output_file(path: str | Path, *inputs: str | Path) -> None:
    """Refuse to write a file in the place of a folder or of one of the inputs.

    Raises:
        InputError: If the file is such.
    """
    target = Path(path)
    if target.is_dir():
        raise InputError("is a folder", file=path, expected="a file to write")
    for source in map(Path, inputs):
        with suppress(OSError):  # one of them is not there, or a link leads nowhere
            if target.samefile(source):
                raise InputError("is the input itself", file=path, remedy="give another file to write")


def refuse_inside(path: str | Path, table: str | Path) -> None:
    """Refuse to write into a folder of a table's files, which would be read as rows of it the next time.

    Raises:
        InputError: If the path lies in it.
    """
    if Path(table).is_dir() and Path(path).resolve().is_relative_to(Path(table).resolve()):
        raise InputError("lies in the folder that is read", file=path, remedy="write to another place")


@contextmanager
def output_file(path: str | Path) -> Iterator[Path]:
    """Give a file to write, of the same name; when it is complete, it takes the place of the one there.

    Args:
        path: The file. Its folder is created if need be; a link in its place is replaced, not followed.

    Raises:
        InputError: If the file cannot be written.
    """
    target = Path(path)
    with _told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = tempfile.TemporaryDirectory(dir=target.parent, prefix=".writing-")
    with beside, _told(target):
        yield Path(beside.name, target.name)
        Path(beside.name, target.name).replace(target)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=path) from error


def _entries(path: Path) -> Iterator[Path]:
    """Walk through a folder, following no link."""
    yield path
    if path.is_dir() and not path.is_symlink():
        for entry in sorted(path.iterdir()):
            yield from _entries(entry)


def _fits(name: str, patterns: Iterable[str]) -> bool:
    parts, wanted = name.split("/"), (pattern.split("/") for pattern in patterns)
    return any(len(parts) == len(each) and all(map(fnmatchcase, parts, each)) for each in wanted)
