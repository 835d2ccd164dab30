"""The options of preprocessing that a person may want to set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from intent_tf.data.example_source import ExampleSource
from intent_tf.errors import InputError
from intent_tf.text import NGrams, Tokenizer, load_stop_words
from intent_tf.text.scripts import share_of_cjk

#: Share of Chinese and Japanese characters from which on texts are cut into characters.
MUCH_CJK = 0.1


@dataclass(frozen=True)
class PreprocessingConfig:
    """Preprocessing.

    Args:
        tokenizer: How texts are cut into tokens (wordpunct, characters, social, treebank; whitespace for
            texts that were tokenised before); by default characters where a tenth of the letters are Chinese
            or Japanese, else wordpunct.
        lower: Lower-case texts.
        normalise: Unicode normalisation; NFKC makes full-width letters and ligatures plain ones.
        numbers: A token that stands for every number in texts, such as NUMBER.
        stop_language: Language whose stop words are excluded (NLTK's list where it is installed, or the one
            of this package); negations stay, since they turn an intent around.
        stop_words: Further tokens to leave out of texts.
        strip_handles: Leave out @names (social only).
        shorten: Cut runs of equal letters such as soooooo to three (social only).
        word_ngrams: Lengths of the runs of words that are tokens; 1,2 adds pairs such as "not good".
        character_ngrams: Lengths of the pieces of words that are tokens too, such as 3,4.
        derived: Derived number columns by expression, such as seconds_a_page=duration/pages.
        max_text_tokens: Tokens of text kept a row, the first ones.
        max_session_tokens: Tokens of a rendered session kept, the last ones.
        max_vocabulary: Tokens that get an id of their own, the commonest ones.
        min_count: Occurrences in training rows below which a token gets no id.
        oov_buckets: Ids among which a hash spreads the tokens without one of their own.
    """

    tokenizer: str | None = None
    lower: bool = True
    normalise: Literal["NFKC", "NFC", "none"] = "NFKC"
    numbers: str | None = None
    stop_language: str | None = None
    stop_words: tuple[str, ...] = ()
    strip_handles: bool = False
    shorten: bool = False
    word_ngrams: tuple[int, ...] = (1,)
    character_ngrams: tuple[int, ...] = ()
    derived: Mapping[str, str] = field(default_factory=dict)
    max_text_tokens: int = 200
    max_session_tokens: int = 256
    max_vocabulary: int = 20_000
    min_count: int = 2
    oov_buckets: int = 1

    def __post_init__(self) -> None:
        for name in ("max_text_tokens", "max_session_tokens", "max_vocabulary", "min_count", "oov_buckets"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="at least 1")

    def options(self, examples: ExampleSource) -> dict[str, Any]:
        """Return the arguments of `Preprocessor`.

        Args:
            examples: Their texts choose the tokeniser, unless it is given; what their source knows of
                derived columns is added to those that are given.
        """
        return {
            "tokenizer": self.cutter(self.tokenizer or _tokenizer(examples)),
            "derived": {**examples.derived, **self.derived},
            "max_text_tokens": self.max_text_tokens,
            "max_session_tokens": self.max_session_tokens,
            "max_vocabulary": self.max_vocabulary,
            "min_count": self.min_count,
            "oov_buckets": self.oov_buckets,
        }

    def cutter(self, kind: str) -> Tokenizer | NGrams:
        """Make the tokeniser of a kind, with n-grams if asked for."""
        listed = load_stop_words(self.stop_language) if self.stop_language else ()
        tokenizer = Tokenizer(
            kind,
            self.lower,
            None if self.normalise == "none" else self.normalise,
            self.numbers,
            (*listed, *self.stop_words),
            self.strip_handles,
            self.shorten,
        )
        if self.word_ngrams == (1,) and not self.character_ngrams:
            return tokenizer
        return NGrams(tokenizer, self.word_ngrams, self.character_ngrams)


def _tokenizer(examples: ExampleSource) -> str:
    features = examples.frame.drop(columns=[examples.label, *examples.excluded], errors="ignore")
    texts = (
        str(value) for name in features.select_dtypes(exclude="number") for value in features[name].head(2000)
    )
    return "characters" if share_of_cjk(texts) > MUCH_CJK else "wordpunct"
