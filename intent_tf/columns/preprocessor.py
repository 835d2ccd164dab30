"""Raw columns to features: the one implementation that training, batch scoring and serving share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.derived_columns import DerivedColumns
from intent_tf.columns.event_arrays import padded_to
from intent_tf.columns.features import Features
from intent_tf.columns.raw_columns import RawColumns, raw_columns, to_dataset
from intent_tf.columns.session_statistics import SessionStatistics
from intent_tf.columns.session_tokens import SessionTokens, is_rendered
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.layers.category_ids import CategoryIds
from intent_tf.layers.normal_scores import NormalScores
from intent_tf.text import NGrams, TokenIds, Tokenizer

_ROWS_AT_ONCE = 1024


@keras.saving.register_keras_serializable(package="intent_tf")
class Preprocessor(keras.layers.Layer):
    """Cleans, tokenises, looks up, counts and normalises raw columns, as one graph.

    Peers preprocess in Python for training and write it again for serving; the two drift apart. Here every
    transformation that a prediction depends on is a layer in this one, learnt from training rows by
    `adapt`, saved in ``.keras`` files and exported in SavedModels.

    ====================  =======================================================================
    column kind           becomes
    ====================  =======================================================================
    number                a normal score and a missing flag (`NormalScores`)
    derived columns       numbers computed from numbers (`DerivedColumns`), then likewise
    category              an id in the column's vocabulary (`CategoryIds`)
    text                  the ids of its tokens (`TokenIds`), all text columns one after the other
    sequence              numbers (`SessionStatistics`) and a rendered document (`SessionTokens`)
    ====================  =======================================================================

    Features that were made before pass through unchanged, so a model fits on a cached pass over the data
    and predicts from raw columns with the same code.

    Args:
        specification: The raw columns, or their configuration.
        tokenizer: Cuts texts into tokens. Default: NLTK's ``wordpunct``, lower-cased, NFKC.
        derived: Expressions of derived number columns by name, such as
            ``{"seconds_a_page": "duration / pages"}``.
        max_text_tokens: Tokens of text kept a row, the first ones. Default 200.
        max_session_tokens: Tokens of a rendered session kept, the last ones. Default 256.
        max_vocabulary: Ids of a vocabulary at most. Default 20,000.
        min_count: Occurrences in training rows below which a token is out of vocabulary. Default 2.
        oov_buckets: Ids among which tokens out of vocabulary are spread by a hash. Default 1.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of column to ``(batch,)``, for sequences ``(batch, events)``, to `Features`.

    Raises:
        InputError: If a derived column uses what is no number column.

    Example:
        >>> frame = pd.DataFrame({"price": [1.0, 2.0, 4.0], "month": ["May", "May", "Nov"]})
        >>> from intent_tf.data.specification import Column
        >>> preprocessor = Preprocessor(FeatureSpecification(
        ...     (Column("price", "number", "float"), Column("month", "category", "string"))))
        >>> preprocessor.adapt(frame)
        >>> preprocessor(raw_columns(frame, preprocessor.specification)).numbers.numpy().round(2).ravel()
        array([-0.97,  0.  ,  0.97], dtype=float32)
    """

    def __init__(
        self,
        specification: FeatureSpecification | Mapping[str, Any],
        tokenizer: Tokenizer | NGrams | dict[str, Any] | None = None,
        derived: Mapping[str, str] | None = None,
        max_text_tokens: int = 200,
        max_session_tokens: int = 256,
        max_vocabulary: int = 20_000,
        min_count: int = 2,
        oov_buckets: int = 1,
        **kwargs: Any,
    ) -> None:
        # Raw numbers must not be rounded to half precision on their way in.
        super().__init__(**{"autocast": False, **kwargs})
        if not isinstance(specification, FeatureSpecification):
            specification = FeatureSpecification.from_config(specification)
        self.specification = specification
        self.tokenizer: Tokenizer | NGrams = (
            keras.saving.deserialize_keras_object(tokenizer)
            if isinstance(tokenizer, dict)
            else tokenizer or Tokenizer()
        )
        self.derived = dict(derived or {})
        self.max_text_tokens = max_text_tokens
        self.max_session_tokens = max_session_tokens
        self.max_vocabulary = max_vocabulary
        self.min_count = min_count
        self.oov_buckets = oov_buckets
        self._create_layers()

    def _create_layers(self) -> None:
        numbers, sequences = (self.specification.of_kind(kind) for kind in ("number", "sequence"))
        categories, texts = (self.specification.of_kind(kind) for kind in ("category", "text"))
        # Those that the table has no columns for stay away; any of them may.
        self.derived_columns: Any = None
        self.statistics: Any = None
        self.scores: Any = None
        self.category_ids: Any = None
        self.token_ids: Any = None
        self.session_tokens: Any = None
        if self.derived:
            self.derived_columns = DerivedColumns(self.derived, numbers, name="derived_columns")
        if sequences:
            columns = [self.specification[name] for name in sequences]
            self.statistics = SessionStatistics(columns, name="session_statistics")
            rendered = [column.name for column in columns if is_rendered(column)]
        if sequences and rendered:
            self.session_tokens = SessionTokens(
                rendered,
                self.tokenizer,
                self.max_session_tokens,
                self.min_count,
                self.max_vocabulary,
                self.oov_buckets,
                name="session_tokens",
            )
        if numbers or sequences:
            self.scores = NormalScores(name="normal_scores")
        if categories:
            self.category_ids = CategoryIds(categories, name="category_ids")
        if texts:
            self.token_ids = TokenIds(
                self.tokenizer,
                self.min_count,
                self.max_vocabulary,
                self.max_text_tokens,
                self.oov_buckets,
                name="token_ids",
            )

    def build(self, input_shape: Any = None) -> None:
        """Create the weights that `adapt` fills."""
        if self.scores and not self.scores.built:
            self.scores.build((None, len(self.number_names)))

    def adapt(self, frame: pd.DataFrame, *, file: object = None) -> None:
        """Learn vocabularies, event types and normal scores from training rows only.

        Args:
            frame: Training rows with all feature columns.
            file: Where the table came from, for messages.

        Raises:
            InputError: If a column is missing, or a value does not fit its kind.
        """
        raw = raw_columns(frame, self.specification, file=file)
        if self.statistics:
            self.statistics.adapt(
                {name: raw[name].flat_values for name in self.specification.of_kind("sequence")}
            )
        if self.session_tokens:
            self.session_tokens.adapt(to_dataset(raw, _ROWS_AT_ONCE).map(self._with_equal_lengths))
        if self.scores:
            self.scores.adapt(self.raw_numbers(raw))
        if self.category_ids:
            self.category_ids.adapt({name: raw[name] for name in self.category_ids.columns})
        if self.token_ids:
            self.token_ids.adapt(text.decode() for text in self._joined_texts(raw).numpy())

    @property
    def number_names(self) -> tuple[str, ...]:
        """What each column of `Features.numbers` is."""
        statistics = self.statistics.names if self.statistics else ()
        return (*self.specification.of_kind("number"), *self.derived, *statistics)

    def raw_numbers(self, raw: RawColumns) -> np.ndarray:
        """All numbers before they are normalised, for baselines: float32 ``(rows, numbers)``, NaN missing."""
        batches = [
            self._numbers(self._with_equal_lengths(batch)).numpy() for batch in to_dataset(raw, _ROWS_AT_ONCE)
        ]
        return np.concatenate(batches)

    def documents(self, raw: RawColumns) -> tf.Tensor:
        """Join the words of every row, of texts and of the texts of events, as one string ``(rows,)``."""
        texts = [raw[name] for name in self.specification.of_kind("text")]
        texts += [raw[name] for name in (self.session_tokens.worded if self.session_tokens else ())]
        texts = [
            tf.strings.reduce_join(text, axis=-1, separator=" ") if text.shape.rank == 2 else text
            for text in texts
        ]
        return tf.strings.join(texts, separator=" ")

    def call(self, inputs: Mapping[str, Any] | Features) -> Features:
        """Preprocess a batch; `Features` pass through."""
        if isinstance(inputs, Features):
            return inputs
        inputs = self._with_equal_lengths(self._checked(inputs))
        features = Features.empty(tf.shape(inputs[self.specification.columns[0].name])[0])
        if self.scores:
            numbers, missing = self.scores(self._numbers(inputs))
            features = features._replace(numbers=numbers, missing=missing)
        if self.category_ids:
            features = features._replace(categories=self.category_ids(inputs))
        if self.token_ids:
            features = features._replace(text=self.token_ids(self._joined_texts(inputs)))
        if self.session_tokens:
            features = features._replace(session=self.session_tokens(inputs))
        return features

    def input_signature(self) -> dict[str, tf.TensorSpec]:
        """Describe the raw columns of a batch: name, type and shape, as in the SavedModel's signature."""
        signature = {}
        for column in self.specification.columns:
            shape = (None, None) if column.is_list else (None,)
            dtype = tf.float32 if column.values == "float" else tf.string
            signature[column.name] = tf.TensorSpec(shape, dtype)
        return signature

    def dummy_inputs(self) -> Features:
        """Features of one row in which everything is missing; they give the extractors their shapes."""
        numbers = tf.zeros((1, len(self.number_names)))
        categories = tf.zeros((1, len(self.specification.of_kind("category"))), tf.int32)
        texts, sessions = (
            tf.zeros((1, int(layer is not None)), tf.int32) for layer in (self.token_ids, self.session_tokens)
        )
        return Features(numbers, numbers, categories, texts, sessions)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "specification": self.specification.get_config(),
            "tokenizer": keras.saving.serialize_keras_object(self.tokenizer),
            "derived": self.derived,
            "max_text_tokens": self.max_text_tokens,
            "max_session_tokens": self.max_session_tokens,
            "max_vocabulary": self.max_vocabulary,
            "min_count": self.min_count,
            "oov_buckets": self.oov_buckets,
            "statistics": self.statistics and self.statistics.get_config()["learnt"],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Preprocessor:
        """Return what `get_config` described; vocabularies and scores come with the weights."""
        config = dict(config)
        learnt = config.pop("statistics")
        preprocessor = cls(**config)
        if learnt:
            preprocessor.statistics.restore(learnt)
        return preprocessor

    def _checked(self, inputs: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        names = [column.name for column in self.specification.columns]
        absent = [name for name in names if name not in inputs]
        if absent:
            raise InputError(f"the column {absent[0]!r} is missing", expected=", ".join(names))
        signature = self.input_signature()
        return {name: tf.cast(inputs[name], signature[name].dtype) for name in names}

    def _with_equal_lengths(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Pad all sequences to the longest column's length, so that events can be told side by side."""
        sequences = self.specification.of_kind("sequence")
        if not sequences:
            return dict(inputs)
        events = tf.reduce_max([tf.shape(inputs[name])[1] for name in sequences])
        return {**inputs, **{name: padded_to(events, inputs[name]) for name in sequences}}

    def _numbers(self, inputs: Mapping[str, Any]) -> tf.Tensor:
        names = self.specification.of_kind("number")
        parts = [tf.stack([inputs[name] for name in names], axis=1)] if names else []
        if self.derived_columns:
            parts.append(self.derived_columns(inputs))
        if self.statistics:
            parts.append(self.statistics(inputs))
        return tf.concat(parts, axis=1)

    def _joined_texts(self, inputs: Mapping[str, Any]) -> tf.Tensor:
        texts = [inputs[name] for name in self.specification.of_kind("text")]
        return tf.strings.join(texts, separator="\n")
