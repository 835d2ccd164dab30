"""Stop words by language: NLTK's lists where its corpus is installed, packaged ones otherwise."""

from pathlib import Path
from typing import Literal

from nltk.corpus import stopwords

from intent_tf.errors import InputError

_FOLDER = Path(__file__).parent / "stop_words"
_PACKAGED = ("chinese", "english")

#: Words that turn an intent around, whole and as the pieces that tokenisers cut them into.
NEGATIONS = frozenset((_FOLDER / "negations.txt").read_text(encoding="utf-8").split())


def load_stop_words(
    language: str = "english",
    keep_negations: bool = True,
    source: Literal["auto", "nltk", "packaged"] = "auto",
) -> tuple[str, ...]:
    """Words too common to tell much, for ``Tokenizer(stop_words=...)``.

    Which list is found depends on the machine, so the tokeniser keeps the words themselves, not the language.

    Args:
        language: ``"english"`` or ``"chinese"``; any of NLTK's 29 lists where its corpus ``stopwords`` is
            installed.
        keep_negations: Leave out negations (``not``, ``don``, ``没有``), so that the tokeniser keeps them:
            "not" turns an intent around. Default ``True``.
        source: ``"nltk"``, ``"packaged"``, or ``"auto"`` (the default): NLTK's list if there is one.

    Returns:
        The words in lower case, sorted.

    Raises:
        InputError: If the source has no list for the language.

    Example:
        >>> words = load_stop_words("english", source="packaged")
        >>> "the" in words, "not" in words
        (True, False)
    """
    if source not in ("auto", "nltk", "packaged"):
        raise InputError(f"unknown source {source!r} of stop words", expected="'auto', 'nltk' or 'packaged'")
    if source != "packaged" and language in _nltk_languages():
        words = stopwords.words(language)
    elif source != "nltk" and language in _PACKAGED:
        words = (_FOLDER / f"{language}.txt").read_text(encoding="utf-8").split()
    else:
        listed = {*_nltk_languages(), *_PACKAGED}
        raise InputError(
            f"no {source} list of stop words for {language!r}",
            expected=f"one of {', '.join(sorted(listed))}",
            remedy="install NLTK's lists with: python -m nltk.downloader stopwords",
        )
    return tuple(sorted({word.lower() for word in words} - (NEGATIONS if keep_negations else frozenset())))


def _nltk_languages() -> list[str]:
    try:
        return stopwords.fileids()
    except LookupError:  # NLTK's way to say that the corpus was never downloaded
        return []
