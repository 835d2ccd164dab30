"""Texts: titles, reviews, queries."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.kinds.binning import Binning, lengths
from intent_tf.columns.kinds.column_kind import (
    ColumnEncoder,
    ColumnKind,
    EncodingOptions,
    Typical,
)
from intent_tf.columns.kinds.column_profile import NUMERIC, ColumnProfile
from intent_tf.columns.raw_columns import RawColumns
from intent_tf.data.specification import Column
from intent_tf.errors import InputError
from intent_tf.text import TokenIds

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORDS = 5
#: For an encoder of language, which learns no vocabulary of words.
_COMMON = ("good", "new", "small", "red", "blue", "nice", "size", "shop", "very", "bag")


class TextEncoder(ColumnEncoder):
    """Cuts all texts of a row, one after the other, into token ids: the feature ``text``.

    Args:
        columns: The text columns.
        token_ids: Tokenises and looks up; None where an encoder of language reads the texts.
        **kwargs: Those of every Keras layer.
    """

    def __init__(self, columns: Sequence[Column], token_ids: TokenIds | None, **kwargs: Any) -> None:
        super().__init__(columns, **kwargs)
        self.token_ids, self.has_words = token_ids, True

    def adapt(self, raw: RawColumns) -> None:
        """Learn the vocabulary."""
        if self.token_ids is not None:
            self.token_ids.adapt(text.decode() for text in self.prose(raw).numpy())

    def feature_specs(self) -> dict[str, keras.KerasTensor]:
        """Tell a document of any length."""
        return {} if self.token_ids is None else {"text": keras.KerasTensor((None, None), "int32")}

    def call(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Tokenise and look up."""
        return {} if self.token_ids is None else {"text": self.token_ids(self.prose(inputs))}

    def vocabularies(self) -> dict[str, list[str]]:
        """List the tokens of all texts."""
        if self.token_ids is None:
            return {}
        return {"text": ["", *["…"] * self.token_ids.oov_buckets, *self.token_ids.vocabulary]}

    def prose(self, inputs: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Join the texts, a line each."""
        return tf.strings.join([inputs[name] for name in self.names], separator="\n")

    def words(self, raw: RawColumns) -> list[tf.Tensor]:
        """Return the texts themselves."""
        return [raw[name] for name in self.names]


class Text(ColumnKind):
    """Words in an order that matters, in any language."""

    name = "text"
    values = ("string",)
    binning = Binning(lengths, " characters", "{:.0f}".format, whole=True)
    prose = True
    has_words = True

    def claims(self, profile: ColumnProfile) -> bool:
        """Claim more than about two words, or CJK characters, that mostly differ from row to row."""
        texts = profile.texts
        many = texts.str.count(r"\S+").median() > 2
        many = many or (texts.str.contains(_CJK).mean() > 0.5 and texts.str.len().median() > 6)
        return bool(many) and profile.distinct > max(20, len(texts) / 20)

    def identifies(self, profile: ColumnProfile) -> bool:
        """Take texts without a letter, such as phone numbers with spaces."""
        return bool(profile.texts.str.contains(r"[^\W\d_]").mean() < 0.05)

    def column(self, profile: ColumnProfile) -> Column:
        """Describe it; numbers are refused."""
        if len(profile.present) and profile.content in NUMERIC:
            raise InputError(
                f"the column is said to be text and holds numbers, such as {profile.present.iloc[0]!r}",
                expected="words",
                remedy=f"give it another kind: --kinds {profile.name}=number or {profile.name}=category",
                file=profile.file,
                row=profile.present.index[0],
                column=profile.name,
            )
        return super().column(profile)

    def encoder(self, columns: Sequence[Column], options: EncodingOptions) -> TextEncoder:
        """Encode texts by a vocabulary of tokens."""
        token_ids = TokenIds(
            options.tokenizer,
            options.min_count,
            options.max_vocabulary,
            options.max_text_tokens,
            options.oov_buckets,
            name="token_ids",
        )
        return TextEncoder(columns, token_ids if options.documents else None, name="texts")

    def sample(self, column: Column, encoder: ColumnEncoder, row: int, typical: Typical) -> str:
        """Take some of the commonest words."""
        assert isinstance(encoder, TextEncoder)
        words = encoder.token_ids.vocabulary if encoder.token_ids else _COMMON
        return " ".join(words[row * _WORDS : (row + 1) * _WORDS])
