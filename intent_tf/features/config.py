"""The options of preprocessing that a person may want to set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from intent_tf.data.example_source import ExampleSource
from intent_tf.errors import InputError
from intent_tf.text import Tokenizer
from intent_tf.text.scripts import share_of_cjk

#: Share of Chinese and Japanese characters from which on texts are cut into characters.
MUCH_CJK = 0.1


@dataclass(frozen=True)
class PreprocessingConfig:
    """Preprocessing.

    Args:
        tokenizer: How texts are cut into tokens (wordpunct, characters); by default
            characters where a tenth of the letters are Chinese or Japanese, else wordpunct.
        stop_words: Tokens to leave out of texts.
        derived: Derived number columns by expression, such as seconds_a_page=duration/pages.
        max_text_tokens: Tokens of text kept a row, the first ones.
        max_session_tokens: Tokens of a rendered session kept, the last ones.
        max_vocabulary: Tokens that get an id of their own, the commonest ones.
        min_count: Occurrences in training rows below which a token gets no id.
    """

    tokenizer: str | None = None
    stop_words: tuple[str, ...] = ()
    derived: Mapping[str, str] = field(default_factory=dict)
    max_text_tokens: int = 200
    max_session_tokens: int = 256
    max_vocabulary: int = 20_000
    min_count: int = 2

    def __post_init__(self) -> None:
        for name in ("max_text_tokens", "max_session_tokens", "max_vocabulary", "min_count"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="at least 1")

    def options(self, examples: ExampleSource) -> dict[str, Any]:
        """Return the arguments of `Preprocessor`.

        Args:
            examples: Their texts choose the tokeniser, unless it is given; what their source knows of
                derived columns is added to those that are given.
        """
        return {
            "tokenizer": Tokenizer(self.tokenizer or _tokenizer(examples), stop_words=self.stop_words),
            "derived": {**examples.derived, **self.derived},
            "max_text_tokens": self.max_text_tokens,
            "max_session_tokens": self.max_session_tokens,
            "max_vocabulary": self.max_vocabulary,
            "min_count": self.min_count,
        }


def _tokenizer(examples: ExampleSource) -> str:
    features = examples.frame.drop(columns=[examples.label, *examples.left_out], errors="ignore")
    texts = (
        str(value) for name in features.select_dtypes(exclude="number") for value in features[name].head(2000)
    )
    return "characters" if share_of_cjk(texts) > MUCH_CJK else "wordpunct"
