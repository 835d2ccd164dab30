from __future__ import annotations

from pathlib import Path

import pytest

from intent_tf.errors import InputError
from intent_tf.serving.manifest import FILE, check_manifest
from intent_tf.serving.versions import new_version, versions


def test_the_first_version_is_1(tmp_path: Path) -> None:
    with new_version(tmp_path / "out") as folder:
        (folder / "model.keras").write_text("weights")
    assert (tmp_path / "out" / "1" / "model.keras").read_text() == "weights"


def test_a_version_has_a_manifest_of_its_files(tmp_path: Path) -> None:
    with new_version(tmp_path) as folder:
        (folder / "variables").mkdir()
        (folder / "variables/data").write_bytes(b"weights")
    check_manifest(tmp_path / "1")
    (tmp_path / "1/variables/data").write_bytes(b"others!")
    with pytest.raises(InputError, match="variables/data is another file"):
        check_manifest(tmp_path / "1")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sha256": {"gone": "0"}}', '{"sha256": 3}'])
def test_a_manifest_that_is_none_makes_no_whole_version(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(InputError, match="is not whole"):
        check_manifest(tmp_path)


def test_a_version_is_one_more_than_the_largest_there(tmp_path: Path) -> None:
    for name in ("2", "10", "notes"):
        (tmp_path / name).mkdir()
    with new_version(tmp_path):
        pass
    assert list(versions(tmp_path)) == [2, 10, 11]


def test_a_version_has_no_number_before_all_is_written(tmp_path: Path) -> None:
    with new_version(tmp_path) as folder:
        (folder / "saved_model.pb").write_bytes(b"half")
        assert versions(tmp_path) == {}


def test_a_version_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="full"), new_version(tmp_path) as folder:
        (folder / "saved_model.pb").write_bytes(b"half")
        raise RuntimeError("the disk is full")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match=r"out: cannot be written"), new_version(tmp_path / "out"):
        pass


def test_a_folder_that_is_not_there_has_no_versions(tmp_path: Path) -> None:
    assert versions(tmp_path / "none") == {}
