"""Encodings are found by mark, by trial or by a guess, from real bytes of many."""

from __future__ import annotations

from pathlib import Path

import pytest

from intent_tf.data.encodings import Encoding, find_encoding, guess
from intent_tf.errors import InputError

TEXTS = {
    "cp1252": "Müller;Größe;Straße;schön;für;Käse;weiß;über;Jäger",
    "cp1250": "łódź;żółty;książka;święto;dziękuję;zażółć",
    "cp1254": "kırmızı elbise;şapka;çanta;ığdır;güneş",
    "cp1251": "красное платье;шапка;сумка;покупка;Москва",
    "koi8_r": "красное платье;шапка;сумка;покупка;Москва",
    "cp932": "赤いドレス;帽子;バッグ;購入する;東京",
    "euc_jp": "赤いドレス;帽子;バッグ;購入する;東京",
    "cp949": "빨간 드레스;모자;가방;구매;서울",
    "gb18030": "红色连衣裙;帽子;包;购买;上海",
    "big5": "紅色連衣裙;帽子;包;購買;台北",
    "cp1253": "κόκκινο φόρεμα;καπέλο;τσάντα;Αθήνα",
    "cp1256": "فستان أحمر;قبعة;حقيبة;القاهرة",
}


def table(words: str) -> str:
    return "title,price\n" + "".join(f"{word},{row}\n" for row, word in enumerate(words.split(";")))


def written(folder: Path, content: bytes) -> Path:
    (folder / "shop.csv").write_bytes(content)
    return folder / "shop.csv"


@pytest.mark.parametrize("name", TEXTS)
def test_a_few_words_tell_the_encoding(name: str, tmp_path: Path) -> None:
    content = table(TEXTS[name]).encode(name)
    found = find_encoding(written(tmp_path, content))
    assert found.guessed and content.decode(found.name) == content.decode(name)


@pytest.mark.parametrize("name", ["gb18030", "cp932", "cp1252", "cp949", "big5"])
def test_a_file_cut_within_its_last_character_is_guessed_alike(name: str, tmp_path: Path) -> None:
    content = (table(TEXTS[name]) + TEXTS[name].split(";")[0]).encode(name)[:-1]
    assert find_encoding(written(tmp_path, content)).name == name


@pytest.mark.parametrize("name", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_is_no_guess(name: str, tmp_path: Path) -> None:
    mark = "\ufeff" if name[-2:] in ("le", "be") else ""
    found = find_encoding(written(tmp_path, (mark + table("帽子;hat")).encode(name)))
    assert found == Encoding(name[:6])


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_guessed(name: str, tmp_path: Path) -> None:
    assert find_encoding(written(tmp_path, table("hat;cap").encode(name))) == Encoding(name, guessed=True)


@pytest.mark.parametrize("expected", ["utf-8", "cp1252", "big5"])
def test_utf_8_is_known_whatever_is_expected(expected: str, tmp_path: Path) -> None:
    assert find_encoding(written(tmp_path, table("Müller").encode()), expected) == Encoding("utf-8")


def test_ascii_is_in_the_expected_encoding(tmp_path: Path) -> None:
    assert find_encoding(written(tmp_path, b"title\nhat\n"), "cp1252") == Encoding("cp1252")


def test_what_is_expected_is_taken_if_the_text_can_be_that(tmp_path: Path) -> None:
    path = written(tmp_path, table(TEXTS["koi8_r"]).encode("koi8_r"))
    assert find_encoding(path, "cp1251") == Encoding("cp1251")


def test_a_few_broken_lines_do_not_make_a_file_another_encoding(tmp_path: Path) -> None:
    content = table(";".join(["Müller"] * 20)).encode() + b"M\xfcller,9\n"
    assert find_encoding(written(tmp_path, content)) == Encoding("utf-8", broken=True)


def test_the_byte_that_betrays_a_given_encoding_is_counted_from_the_start(tmp_path: Path) -> None:
    content = b"title,price\n" + b"hat,9\n" * 300_000 + b"\xff\xff,9\n"
    with pytest.raises(InputError, match=f"not UTF-8 at byte {content.index(0xFF)};? ?"):
        find_encoding(written(tmp_path, content), given="utf-8")


def test_a_limit_keeps_the_rest_unread(tmp_path: Path) -> None:
    content = table("Müller").encode() + b"\xff" * 9
    assert find_encoding(written(tmp_path, content), limit=20) == Encoding("utf-8")


def test_others_that_read_alike_are_not_named() -> None:
    assert "cp1254" not in guess("Müller, Käse".encode("cp1252"))[1]


def test_a_single_word_leaves_others_possible() -> None:
    assert "cp949" in guess("모자".encode("cp949"))[1]
