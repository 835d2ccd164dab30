"""Finds the encoding of a text file: by its byte order mark, by trying UTF-8, else by a guess."""

import codecs
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, cast

from charset_normalizer import from_bytes

from intent_tf.errors import InputError

_BLOCK = 1 << 20
#: Bytes, of lines that are not ASCII, which a guess looks at: more are not worth their time.
_SAMPLE = 1 << 14
#: Share of the lines beyond ASCII up to which those that are not UTF-8 are broken lines of a UTF-8 file.
_BROKEN_LINES = 0.1
#: Byte order marks, those of UTF-32 first: they begin with those of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: Encodings of Latin letters, the commonest first: of those that read a text alike, the first is taken.
_LATIN = ("cp1252", "cp1250", "cp1254")
#: Encodings of two bytes a character, each with the bytes of its common characters.
_WIDE = {
    "gb18030": rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]",
    "cp932": rb"[\x81-\x83\x88-\x97][\x40-\xfc]",
    "cp949": rb"[\xa1-\xa3\xb0-\xc8][\xa1-\xfe]",
    "big5": rb"[\xa1-\xc6][\x40-\xfe]",
    "euc_jp": rb"[\xa1-\xa5\xb0-\xcf][\xa1-\xfe]",
}
_CANDIDATES = (*_LATIN, *_WIDE, "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874")
#: Signs between words, and letters beside Latin ones (but Iceland's, which Turkey's look like) or others.
_SIGN = r"(?<![^\W\d_])[^\w\s](?![^\W\d_])"
_BESIDE_LATIN = re.compile(rf"(?<=[^\W\d_])[^\W\d_ýþðÝÞÐ]|[^\W\d_ýþðÝÞÐ](?=[^\W\d_])|{_SIGN}|[’‘]")
_BESIDE_OTHERS = re.compile(rf"(?<=[^\W\d_a-zA-Z])[^\W\d_]|[^\W\d_](?=[^\W\d_a-zA-Z])|{_SIGN}")


@dataclass(frozen=True)
class Encoding:
    """The encoding of a file's text.

    Args:
        name: Its name, as Python's codecs know it.
        guessed: Whether it is a guess.
        others: Encodings that are about as likely.
        broken: Whether some lines hold bytes that it has not.
        cut: Whether the text ends within a character.
    """

    name: str
    guessed: bool = False
    others: tuple[str, ...] = ()
    broken: bool = False
    cut: bool = False


def find_encoding(
    path: str | Path, expected: str = "utf-8", *, given: str | None = None, limit: int | None = None
) -> Encoding:
    """Find the encoding of a text file.

    A byte order mark decides, then UTF-8 if the text is that, then what is expected if the text can be that;
    only then it is guessed, from the lines that hold more than ASCII.

    Args:
        path: The file; it may end in ``.gz``.
        expected: The encoding of other files like it.
        given: The encoding that its owner says it has.
        limit: Bytes to look at, of a file too large to be read twice. Default: all.

    Raises:
        InputError: If it is not in the encoding given, not in any known one, or no whole gzip file.
    """
    path = Path(path)
    if given:
        bad, cut = _first_bad_byte(path, given, limit)
        if bad is not None:
            raise InputError(
                f"the text is not {given.upper()} at byte {bad}",
                file=path,
                remedy="leave out --encoding to have it guessed, or convert the file to UTF-8",
            )
        return Encoding(given, cut=cut)
    head = next(_blocks(path, limit), b"")
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return Encoding(name, cut=_first_bad_byte(path, name, limit)[1])
    if head[:_SAMPLE].count(0) > len(head[:_SAMPLE]) / 4:
        return Encoding("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", guessed=True)
    bad, cut = _first_bad_byte(path, "utf-8", limit)
    sample = _sample(path, limit)
    wide = expected.startswith(("utf-16", "utf-32"))
    if bad is None:
        return Encoding("utf-8" if sample or cut or wide else expected, cut=cut)
    if expected != "utf-8" and not wide:
        _, cut = found = _first_bad_byte(path, expected, limit)
        if found[0] is None:
            return Encoding(expected, cut=cut)
    if sum(sample[line] for line in sample if not _is_utf8(line)) <= _BROKEN_LINES * sample.total():
        return Encoding("utf-8", broken=True, cut=cut)
    names, others = guess(b"\n".join(sample))
    for name in names:
        found = _first_bad_byte(path, name, limit)
        if found[0] is None:
            return Encoding(name, True, others, cut=found[1])
    if names:
        return Encoding(names[0], True, others, broken=True)
    raise InputError(
        f"the text's encoding is unknown (not UTF-8 at byte {bad})",
        file=path,
        remedy="name it with --encoding NAME, or convert the file to UTF-8",
    )


def guess(sample: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rank the encodings that a text may have.

    The detector tells how much of each reading is a mess, and how like a language it is; beside it counts how
    many characters are rare ones, or stand where their script would not put them.

    Args:
        sample: Lines that hold bytes beyond ASCII.

    Returns:
        All, the likeliest first, and those that are about as likely as the first and read otherwise.

    Example:
        >>> guess("Müller, Größe, Käse".encode("cp1252"))[0][0]
        'cp1252'
    """
    matches = from_bytes(sample, cp_isolation=list(_CANDIDATES), threshold=0.6)
    scores: dict[str, tuple[float, float, int]] = {}
    for match in (each for found in matches for each in (found, *found.submatch)):
        name = match.encoding
        mess = match.chaos + _unlikely(sample.decode(name, "ignore"), name)
        scores[name] = (round(mess, 1), -round(5 * match.coherence), _CANDIDATES.index(name))
    names = sorted(scores, key=scores.__getitem__)
    near = (name for name in names[1:] if scores[name][0] <= scores[names[0]][0] + 0.1)
    reading = sample.decode(names[0], "ignore") if names else ""
    return tuple(names), tuple(name for name in near if sample.decode(name, "ignore") != reading)


def opened(path: str | Path) -> IO[bytes]:
    """Open a file to read its uncompressed bytes."""
    path = Path(path)
    return cast(IO[bytes], gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def without_halves(text: str) -> str:
    r"""Replace halves of characters beyond 16 bits, which JSON may spell but no text can be written with.

    Example:
        >>> without_halves("cap \ud800")
        'cap �'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _unlikely(text: str, name: str) -> float:
    """Tell which share of the characters beyond ASCII is unlikely in texts of an encoding."""
    beyond = [each for each in text if each > "\x7f"]
    if not beyond:
        return 1.0
    if name in _WIDE:
        found = len(re.findall(_WIDE[name], "".join(beyond).encode(name)))
        return 1 - found / len(beyond)
    pattern = _BESIDE_LATIN if name in _LATIN else _BESIDE_OTHERS
    likely = sum(not each.isascii() for each in pattern.findall(text))
    # In a wrong reading capitals follow small letters, or letters of one script come as those of another.
    wrong = float(sum(a.islower() and b.isupper() for a, b in pairwise(text)))
    capitals = sum(each.isupper() for each in beyond)
    runs = sum(a > "\x7f" and b > "\x7f" for a, b in pairwise(text))
    if (runs if name in _LATIN else capitals) > len(beyond) / 2:
        wrong += len(beyond) / 2
    return 1 - (likely - wrong) / len(beyond)


def _blocks(path: Path, limit: int | None) -> Iterator[bytes]:
    left = limit
    try:
        with opened(path) as stream:
            while block := stream.read(_BLOCK if left is None else min(_BLOCK, left)):
                left = None if left is None else left - len(block)
                yield block
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"not a whole gzip file ({error})", file=path) from error


def _first_bad_byte(path: Path, encoding: str, limit: int | None) -> tuple[int | None, bool]:
    """Find the first byte that is not in the encoding, and whether the text ends within a character."""
    decoder, start, position = codecs.getincrementaldecoder(encoding)(), 0, 0
    try:
        for block in _blocks(path, limit):
            start = position - len(decoder.getstate()[0])
            decoder.decode(block)
            position += len(block)
    except UnicodeDecodeError as error:
        return start + error.start, False
    return None, bool(decoder.getstate()[0]) and limit is None


def _sample(path: Path, limit: int | None) -> Counter[bytes]:
    """Count different lines that hold bytes beyond ASCII; one that may be cut only if there is no other."""
    lines: Counter[bytes] = Counter()
    rest = b""
    for block in _blocks(path, limit):
        if rest or not block.isascii():
            *whole, rest = re.split(rb"[\r\n]+", rest + block)
            lines.update(line for line in whole if not line.isascii())
            if sum(map(len, lines)) >= _SAMPLE:
                break
    return lines or Counter([] if rest.isascii() else [rest])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
