"""How raw columns become features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from intent_tf.errors import InputError


@dataclass(frozen=True)
class PreprocessingConfig:
    """Preprocessing.

    Args:
        tokenizer: How texts are cut into tokens (wordpunct, characters, social, treebank; whitespace for
            texts that were tokenised before); by default characters where a tenth of the letters are Chinese
            or Japanese, else wordpunct.
        stop_language: Language whose stop words are excluded (NLTK's list where it is installed, or the one
            of this package); negations stay, since they turn an intent around.
        word_ngrams: Lengths of the runs of words that are tokens; 1,2 adds pairs such as "not good".
        derived: Derived number columns by expression, such as seconds_a_page=duration/pages.
        max_text_tokens: Tokens of text kept a row, the first ones.
        max_vocabulary: Tokens that get an id of their own, the commonest ones.
    """

    #: The options that --help shows; --help-all shows all.
    COMMON: ClassVar[tuple[str, ...]] = ("tokenizer", "stop_language", "word_ngrams")

    tokenizer: str | None = None
    stop_language: str | None = None
    word_ngrams: tuple[int, ...] = (1,)
    derived: Mapping[str, str] = field(default_factory=dict)
    max_text_tokens: int = 200
    max_vocabulary: int = 20_000

    def __post_init__(self) -> None:
        for name in ("max_text_tokens", "max_vocabulary"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="at least 1")
