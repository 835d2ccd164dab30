"""Texts and events as BERT's subwords, with TF Text's fused tokeniser, inside the graph."""

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError, require
from intent_tf.text.first_characters import MAX_CHARACTERS, first_characters

PAD, UNKNOWN, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
#: What every vocabulary of ours begins with; of an imported one, all but the first may stand anywhere.
SPECIAL = (PAD, UNKNOWN, CLS, SEP, MASK)


@keras.saving.register_keras_serializable(package="intent_tf")
class WordPieceIds(keras.layers.Layer):
    """Writes one document a row, ``[CLS] text [SEP] session [SEP]``, as ids of subwords.

    Texts are normalised and cut as BERT does it (control characters out, Chinese by characters, punctuation
    apart, accents stripped if lower-cased), each word then into the longest subwords that the vocabulary has.
    Tokens of events in brackets, such as ``[cart]`` and ``[dwell 5]``, are subwords of their own where the
    vocabulary has them, and are cut like words where not.

    The graph holds TF Text ops, which TF Serving has since 2.2. Without the package ``tensorflow-text`` all
    works but cutting strings.

    Args:
        max_tokens: Subwords of a document, ``[CLS]`` and ``[SEP]`` included, at least 8: of a text the first
            ones are kept, of a session the last ones; where there are both, each gets half. Default 128.
        lower: Lower-case and strip accents, as uncased checkpoints want it. Default True.
        vocabulary: The subwords in the order of their ids; ``[PAD]`` is the first.
        max_characters: Characters read of each text and of each event's token. Default 10,000.
        **kwargs: Those of every Keras layer.

    Shapes: texts ``(batch,)`` and/or events' tokens, ragged ``(batch, tokens)``, to int32
        ``(batch, subwords)``, padded at the end with 0.

    Raises:
        InputError: If the vocabulary lacks a special subword, has a subword twice, or does not begin with
            ``[PAD]``.

    References:
        - Song, Salcianu, Song, Dopson & Zhou (2021), Fast WordPiece Tokenization.

    Example:
        >>> subwords = WordPieceIds(vocabulary=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hat", "##s"])
        >>> subwords(tf.constant(["Hats", ""])).numpy().tolist()
        [[2, 5, 6, 3], [2, 3, 0, 0]]
    """

    def __init__(
        self,
        max_tokens: int = 128,
        lower: bool = True,
        vocabulary: Iterable[str] = (),
        max_characters: int = MAX_CHARACTERS,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        for name, number, least in (("max_tokens", max_tokens, 8), ("max_characters", max_characters, 1)):
            if number < least:
                raise InputError(f"{name} is {number}", expected=f"at least {least}")
        self.max_tokens = max_tokens
        self.lower = lower
        self.max_characters = max_characters
        self.vocabulary: tuple[str, ...] = ()
        self._bracketed: Any = None
        if vocabulary := tuple(vocabulary):
            self.set_vocabulary(vocabulary)

    @classmethod
    def from_file(cls, file: str | Path, max_tokens: int = 128, lower: bool = True) -> "WordPieceIds":
        """Read a vocabulary of one subword a line.

        Raises:
            InputError: If the file cannot be read or is no vocabulary.
        """
        file = Path(file)
        try:
            subwords = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"the vocabulary cannot be read ({error})", file=file, expected="one subword a line"
            ) from error
        try:
            return cls(max_tokens, lower, subwords)
        except InputError as error:
            raise InputError(str(error), file=file) from error

    def set_vocabulary(self, vocabulary: Iterable[str]) -> None:
        """Take the subwords in the order of their ids."""
        vocabulary = tuple(vocabulary)
        lacking = [subword for subword in SPECIAL if subword not in vocabulary]
        if lacking:
            raise InputError(f"the vocabulary lacks {lacking[0]}", expected=", ".join(SPECIAL))
        if "" in vocabulary:
            raise InputError("the vocabulary has an empty subword", expected="one subword a line")
        if vocabulary[0] != PAD:
            raise InputError(f"the vocabulary begins with {vocabulary[0]!r}", expected=f"{PAD}, the id 0")
        if len(set(vocabulary)) < len(vocabulary):
            raise InputError("the vocabulary has a subword twice", expected="distinct subwords")
        self.vocabulary = vocabulary
        self.__dict__.pop("_tokenizer", None)
        bracketed = [
            index for index, subword in enumerate(vocabulary) if subword[0] == "[" and subword[-1] == "]"
        ]
        keys, ids = tf.constant([vocabulary[index] for index in bracketed]), tf.constant(bracketed, tf.int32)
        self._bracketed = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, ids), -1)

    @property
    def vocabulary_size(self) -> int:
        """Ids, special ones included."""
        return len(self.vocabulary)

    def id_of(self, subword: str) -> int:
        """Return the id of a subword that the vocabulary has."""
        return self.vocabulary.index(subword)

    @property
    def continues(self) -> tuple[bool, ...]:
        """Tell of each id whether its subword goes on with a word that an earlier subword began."""
        return tuple(subword.startswith("##") for subword in self.vocabulary)

    def extended(self, subwords: Iterable[str]) -> "WordPieceIds":
        """Return the same with further subwords after those that are there."""
        added = [subword for subword in dict.fromkeys(subwords) if subword not in set(self.vocabulary)]
        return WordPieceIds(self.max_tokens, self.lower, (*self.vocabulary, *added), self.max_characters)

    def build(self, input_shape: Any = None) -> None:
        """Create nothing: the vocabulary is set, not learnt."""

    def call(self, texts: Any = None, events: tf.RaggedTensor | None = None) -> tf.Tensor:
        """Cut texts, sessions or both into ``(batch, subwords)`` ids."""
        room = self.max_tokens - 2
        if texts is not None and events is not None:
            room = (self.max_tokens - 3) // 2
        parts = []
        if texts is not None:
            parts.append(self.cut_words(texts)[:, :room])
        if events is not None:
            parts.append(self._event_subwords(events)[:, -room:])
        column = tf.ones((parts[0].nrows(), 1), tf.int32)
        document = [column * self.id_of(CLS)]
        for part in parts:
            document += [part, column * self.id_of(SEP)]
        return tf.concat(document, axis=1).to_tensor(0)

    def cut_words(self, words: tf.Tensor) -> tf.RaggedTensor:
        """Cut strings ``(n,)`` into ids, ragged ``(n, subwords)``, without ``[CLS]`` and ``[SEP]``."""
        return self._tokenizer.tokenize(first_characters(words, self.max_characters))

    @cached_property
    def _tokenizer(self) -> Any:
        if not self.vocabulary:
            raise InputError(f"layer {self.name!r} has no vocabulary", remedy="call set_vocabulary() first")
        text = require("tensorflow_text", "bert")
        with tf.init_scope():
            return text.FastBertTokenizer(
                list(self.vocabulary), token_out_type=tf.int32, lower_case_nfd_strip_accents=self.lower
            )

    def _event_subwords(self, events: tf.RaggedTensor) -> tf.RaggedTensor:
        tokens = events.flat_values
        ids = self._bracketed.lookup(tokens)[:, None]
        whole = tf.ragged.boolean_mask(ids, ids >= 0)
        words = self.cut_words(tf.where(ids[:, 0] >= 0, "", tokens))
        return events.with_values(tf.concat([whole, words], axis=1)).merge_dims(1, 2)

    def save_assets(self, inner_path: str) -> None:
        """Write the vocabulary into a ``.keras`` file."""
        Path(inner_path, "vocabulary.json").write_text(json.dumps(self.vocabulary), encoding="utf-8")

    def load_assets(self, inner_path: str) -> None:
        """Read the vocabulary from a ``.keras`` file."""
        self.set_vocabulary(json.loads(Path(inner_path, "vocabulary.json").read_text(encoding="utf-8")))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; the vocabulary is state, not configuration."""
        names = ("max_tokens", "lower", "max_characters")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
