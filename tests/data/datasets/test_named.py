from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.data.datasets import named
from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.example_source import ExampleSource
from intent_tf.errors import InputError

CONTENT = b"price,bought\n9,1\n"
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def _no_folder_but_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTENT_TF_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(named, "_CACHE", tmp_path / "cache")


def dataset(url: str | None = None, sha256: str = HASH) -> NamedDataset:
    return NamedDataset(
        name="shop",
        files=(DataFile("shop/sales.csv", sha256, url),),
        source="https://example.org/shop (CC0)",
        load=lambda path: ExampleSource(pd.read_csv(path), "bought"),
    )


def index(path: Path, content: bytes = CONTENT) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path.as_uri()


def test_files_are_found_in_the_folder_that_the_environment_names(tmp_path: Path) -> None:
    index(tmp_path / "data" / "shop" / "sales.csv")
    assert dataset().examples().frame["price"].tolist() == [9]


def test_files_are_found_in_the_cache(tmp_path: Path) -> None:
    index(tmp_path / "cache" / "shop" / "sales.csv")
    assert len(dataset().examples().frame) == 1


def test_a_file_that_is_nowhere_and_not_served_says_where_to_get_it() -> None:
    message = (
        r"'shop' is not here.*expected the file shop/sales.csv in .* INTENT_TF_DATA.*https://example.org"
    )
    with pytest.raises(InputError, match=message):
        dataset().examples()


def test_a_served_file_is_downloaded_once_and_kept(tmp_path: Path) -> None:
    url = index(tmp_path / "served.csv")
    assert len(dataset(url).examples().frame) == 1
    (tmp_path / "served.csv").unlink()
    assert len(dataset(url).examples().frame) == 1


def test_a_served_archive_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "served.zip", "w") as archive:
        archive.writestr("sales.csv", CONTENT)
    assert len(dataset((tmp_path / "served.zip").as_uri()).examples().frame) == 1


def test_a_download_with_another_content_is_refused_and_not_kept(tmp_path: Path) -> None:
    url = index(tmp_path / "served.csv", b"<html>moved</html>")
    with pytest.raises(InputError, match=f"served has the SHA-256 .*expected {HASH}"):
        dataset(url).examples()
    assert not list((tmp_path / "cache").rglob("*.csv"))


def test_an_archive_without_the_file_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "served.zip", "w") as archive:
        archive.writestr("other.csv", CONTENT)
    with pytest.raises(InputError, match="served has the SHA-256"):
        dataset((tmp_path / "served.zip").as_uri()).examples()


def test_a_download_that_fails_says_why_and_where_to_get_the_file(tmp_path: Path) -> None:
    url = (tmp_path / "gone.csv").as_uri()
    with pytest.raises(InputError, match=r"cannot be downloaded \(.*No such file.*https://example.org/shop"):
        dataset(url).examples()


def test_progress_is_shown_while_downloading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset(index(tmp_path / "served.csv")).examples()
    assert "downloading shop" in capsys.readouterr().err
