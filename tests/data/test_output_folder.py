"""A verb's folder: its own files come and go, and those of others stay byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from intent_tf.data.output_folder import MANIFEST, OutputFolder, check_output_file, output_file
from intent_tf.errors import InputError

RESULTS = ("table.csv", "parts/*/*.bin")
STATE = ("config.yaml", "fits/*/*.npz")


def taken(path: Path, **options: object) -> OutputFolder:
    return OutputFolder(path, "compare", RESULTS, state=STATE, **options)  # type: ignore[arg-type]


def write(path: Path, *parts: str, **options: object) -> None:
    with taken(path, **options).written() as folder:
        (folder / "table.csv").write_text("figures")
        for part in parts:
            (folder / "parts" / part).mkdir(parents=True)
            (folder / "parts" / part / "0.bin").write_text(part)


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def belongings(tmp_path: Path) -> Path:
    """A folder with what a person keeps, also below the names that the verb uses."""
    folder = tmp_path / "work"
    for name in ("thesis.txt", ".hidden", "fits/notes.md", "parts/photo.jpg", "fits/0-0/readme.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * 100)
    return folder


def test_a_new_folder_is_made(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b", "x")
    assert set(content(tmp_path / "a" / "b")) == {"table.csv", "parts/x/0.bin"}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    write(tmp_path)
    assert set(content(tmp_path)) == {"table.csv"}


def test_a_new_folder_is_as_readable_as_any_other(tmp_path: Path) -> None:
    write(tmp_path / "new")
    (tmp_path / "other").mkdir()
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_folder_of_others_is_refused_and_stays(belongings: Path) -> None:
    before = content(belongings)
    with pytest.raises(InputError, match=r"not empty.*compare did not write.*--overwrite"):
        taken(belongings)
    assert content(belongings) == before


def test_a_folder_of_another_verb_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(InputError, match="tune did not write"):
        OutputFolder(tmp_path, "tune", RESULTS)


def test_overwrite_writes_among_the_files_of_others(belongings: Path) -> None:
    before = content(belongings)
    target = taken(belongings, overwrite=True)
    target.begin()
    write(belongings, "x", overwrite=True)
    target.begin()
    assert content(belongings) == {**before, "table.csv": b"figures", "parts/x/0.bin": b"x"}


def test_a_second_result_replaces_the_first_and_nothing_else(belongings: Path) -> None:
    before = content(belongings)
    write(belongings, "x", "y", overwrite=True)
    (belongings / "parts" / "x" / "mine.txt").write_text("added later")
    write(belongings, "z")
    added = {"table.csv": b"figures", "parts/z/0.bin": b"z", "parts/x/mine.txt": b"added later"}
    assert content(belongings) == {**before, **added}
    assert not (belongings / "parts" / "y").exists()


@pytest.mark.parametrize("name", ["table.csv", "parts/x/0.bin", "fits/0-0/a.npz", "config.yaml", "parts"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_file_of_others_is_never_replaced(tmp_path: Path, name: str, overwrite: bool) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("a year's work")
    with pytest.raises(InputError, match=r"in the place of|not empty"):
        taken(tmp_path, overwrite=overwrite)
    assert content(tmp_path) == {name: b"a year's work"}


def test_a_folder_of_others_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(InputError, match=r"table.csv: is in the place of"):
        taken(tmp_path, overwrite=True)


def test_a_file_that_comes_while_the_verb_runs_is_not_replaced(tmp_path: Path) -> None:
    target = taken(tmp_path)
    with pytest.raises(InputError, match="in the place of"), target.written() as folder:
        (folder / "table.csv").write_text("figures")
        (tmp_path / "table.csv").write_text("a year's work")
    assert content(tmp_path) == {"table.csv": b"a year's work"}


def test_a_failure_leaves_the_old_result(tmp_path: Path) -> None:
    write(tmp_path / "out", "x")
    before = content(tmp_path / "out")
    with pytest.raises(RuntimeError), taken(tmp_path / "out").written() as folder:
        (folder / "table.csv").write_text("half")
        raise RuntimeError("no memory")
    assert content(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_no_new_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), taken(tmp_path / "out").written():
        raise RuntimeError("no memory")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("place", ["", "fits", "fits/0-0", "parts", "table.csv", "config.yaml"])
def test_no_link_is_followed(tmp_path: Path, place: str, overwrite: bool) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "0.bin").write_text("theirs")
    (target / "a.npz").write_text("theirs")
    link = tmp_path / "out" / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target / "0.bin" if "." in place else target)
    with pytest.raises(InputError, match=r"symbolic link|not empty"):
        taken(tmp_path / "out", overwrite=overwrite)
    assert content(target) == {"0.bin": b"theirs", "a.npz": b"theirs"} and link.is_symlink()


def test_a_link_among_the_files_of_others_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to("/nowhere")
    write(tmp_path, overwrite=True)
    assert (tmp_path / "elsewhere").is_symlink()


def test_a_link_that_came_into_an_own_folder_is_not_followed(tmp_path: Path) -> None:
    target = taken(tmp_path / "out")
    target.begin()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "a.npz").write_text("theirs")
    (tmp_path / "out" / "fits").mkdir()
    (tmp_path / "out" / "fits" / "0-0").symlink_to(tmp_path / "target")
    with pytest.raises(InputError, match="symbolic link"):
        taken(tmp_path / "out")
    target.begin()
    assert content(tmp_path / "target") == {"a.npz": b"theirs"}


def test_state_is_kept_until_the_verb_begins(tmp_path: Path) -> None:
    taken(tmp_path).begin()
    (tmp_path / "config.yaml").write_text("options")
    target = taken(tmp_path)
    assert content(tmp_path) == {"config.yaml": b"options"}
    target.begin()
    assert content(tmp_path) == {}


def test_a_result_leaves_the_state(tmp_path: Path) -> None:
    taken(tmp_path).begin()
    (tmp_path / "config.yaml").write_text("options")
    write(tmp_path)
    write(tmp_path)
    assert set(content(tmp_path)) == {"config.yaml", "table.csv"}


def test_state_is_removed_with_the_folder_if_nothing_else_is_in_it(tmp_path: Path) -> None:
    working = OutputFolder(tmp_path / ".training", "train", state=STATE, option=None)
    working.begin()
    (working.path / "config.yaml").write_text("options")
    working.remove_state()
    assert not working.path.exists()


def test_state_is_removed_from_among_the_files_of_others(tmp_path: Path) -> None:
    working = OutputFolder(tmp_path / ".training", "train", state=STATE, option=None)
    working.begin()
    (working.path / "fits").mkdir()
    (working.path / "fits" / "mine.txt").write_text("mine")
    working.remove_state()
    assert content(working.path) == {"fits/mine.txt": b"mine"}


def test_a_manifest_claims_nothing_that_the_verb_does_not_write(tmp_path: Path) -> None:
    write(tmp_path / "out")
    (tmp_path / "thesis.txt").write_text("mine")
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    manifest = '{"verb": "compare", "files": ["../thesis.txt", "thesis.txt", "*", "table.csv"]}'
    (tmp_path / "out" / MANIFEST).write_text(manifest)
    write(tmp_path / "out")
    assert content(tmp_path)["thesis.txt"] == content(tmp_path / "out")["thesis.txt"] == b"mine"


def test_a_broken_manifest_makes_a_folder_of_others(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(InputError, match="not empty"):
        taken(tmp_path)


def test_what_an_earlier_version_wrote_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("old")
    write(tmp_path, earlier=("table.csv",))
    assert content(tmp_path) == {"table.csv": b"figures"}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="is a file"):
        taken(tmp_path / "out", overwrite=True)


def test_a_file_to_write_is_replaced_when_it_is_complete(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old")
    (tmp_path / "writing-out.csv").write_text("mine")
    with output_file(tmp_path / "out.csv") as file:
        file.write_text("new")
        assert (tmp_path / "out.csv").read_text() == "old"
    assert content(tmp_path) == {"out.csv": b"new", "writing-out.csv": b"mine"}


def test_a_file_to_write_stays_as_it_was_if_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old")
    with pytest.raises(RuntimeError), output_file(tmp_path / "out.csv") as file:
        file.write_text("half")
        raise RuntimeError("no memory")
    assert content(tmp_path) == {"out.csv": b"old"}


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs.csv").write_text("theirs")
    (tmp_path / "out.csv").symlink_to(tmp_path / "theirs.csv")
    with output_file(tmp_path / "out.csv") as file:
        file.write_text("new")
    assert content(tmp_path) == {"out.csv": b"new", "theirs.csv": b"theirs"}


@pytest.mark.parametrize("way", ["same", "dots", "symbolic link", "hard link"])
def test_the_input_is_never_written_to(tmp_path: Path, way: str) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("rows")
    if way == "symbolic link":
        out.symlink_to(source)
    elif way == "hard link":
        out.hardlink_to(source)
    else:
        out = source if way == "same" else tmp_path / ".." / tmp_path.name / "in.csv"
    with pytest.raises(InputError, match="is the input itself"):
        check_output_file(out, source)


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        check_output_file(tmp_path)


def test_state_in_folders_of_any_depth_is_removed(tmp_path: Path) -> None:
    working = OutputFolder(tmp_path / ".training", "train", state=("logs/*", "logs/*/*"), option=None)
    working.begin()
    for name in ("logs/a", "logs/train/b"):
        (working.path / name).parent.mkdir(parents=True, exist_ok=True)
        (working.path / name).write_text("events")
    OutputFolder(tmp_path / ".training", "train", state=("logs/*", "logs/*/*")).begin()
    assert content(working.path) == {} and not (working.path / "logs").exists()
