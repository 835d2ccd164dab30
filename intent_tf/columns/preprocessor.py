"""Raw columns to features: the one implementation that training, batch scoring and serving share."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.derived_columns import DerivedColumns
from intent_tf.columns.input_facts import InputFacts
from intent_tf.columns.kinds.column_kind import ColumnEncoder, EncodingOptions
from intent_tf.columns.kinds.registry import KINDS, kind_of
from intent_tf.columns.raw_columns import RawColumns, of_type, raw_columns, tensor_spec, to_dataset
from intent_tf.columns.safe_names import safe_names
from intent_tf.data.specification import FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.layers.normal_scores import NormalScores
from intent_tf.text import NGrams, Tokenizer

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
    number                read (`ParsedNumbers`), a normal score and a missing flag (`NormalScores`)
    derived columns       numbers computed from numbers (`DerivedColumns`), then likewise
    category              in one spelling (`CategorySpelling`) an id in a vocabulary (`CategoryIds`)
    set                   a number for each member (`SetMembers`)
    date                  numbers of calendar, position and differences, and ids (`ParsedDates`)
    text                  the ids of its tokens (`TokenIds`), all text columns one after the other
    sequence              numbers (`SessionStatistics`) and a rendered document (`SessionTokens`)
    ====================  =======================================================================

    The features are a mapping that holds what the table has columns for:

    - ``numbers``: normal scores, float32 ``(batch, numbers)``, 0 where missing; ``missing``: of the same
      shape, 1 where the number was missing, else 0.
    - ``categories``: int32 ``(batch, categories)``; 0 means unknown or rare.
    - ``text``: int32 ``(batch, tokens)``, padded at the end with 0; 1 means out of vocabulary.
    - ``session``: int32 ``(batch, tokens)``, the rendered event sequence, padded likewise.
    - ``blank``: bool ``(batch,)``, whether no column has a value.

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
        categories: Categories of columns whose ids, 1, 2, … in this order, are given, by the column's name.
            Default: all are learnt.
        normalise: Whether numbers become normal scores. Default True; else they stay as they are.
        **kwargs: Those of every Keras layer.

    Shapes: a mapping of column to ``(batch,)``, for sequences ``(batch, events)`` with the length of each
        group ``(batch,)``, to the features.

    Raises:
        InputError: If a derived column uses what is no number column.

    Example:
        >>> frame = pd.DataFrame({"price": [1.0, 2.0, 4.0], "month": ["May", "May", "Nov"]})
        >>> from intent_tf.data.specification import Column
        >>> preprocessor = Preprocessor(FeatureSpecification(
        ...     (Column("price", "number", "float"), Column("month", "category", "string"))))
        >>> preprocessor.adapt(frame)
        >>> features = preprocessor(raw_columns(frame, preprocessor.specification))
        >>> features["numbers"].numpy().round(2).ravel()
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
        categories: Mapping[str, Sequence[str]] | None = None,
        normalise: bool = True,
        **kwargs: Any,
    ) -> None:
        # Raw numbers must not be rounded to half precision on their way in.
        super().__init__(**{"autocast": False, **kwargs})
        if not isinstance(specification, FeatureSpecification):
            specification = FeatureSpecification.from_config(specification)
        self.specification = specification
        self.options = EncodingOptions(
            keras.saving.deserialize_keras_object(tokenizer)
            if isinstance(tokenizer, dict)
            else tokenizer or Tokenizer(),
            dict(derived or {}),
            max_text_tokens,
            max_session_tokens,
            max_vocabulary,
            min_count,
            oov_buckets,
            dict(categories or {}),
            self.makes_documents,
        )
        self.encoders = self._make_encoders()
        self.normalise = normalise
        self.scores: Any = NormalScores(name="normal_scores") if self.number_names else None

    #: Whether texts and sessions become token ids of their own.
    makes_documents = True

    def _make_encoders(self) -> dict[str, ColumnEncoder]:
        for column in self.specification.columns:
            kind_of(column.kind, column.name).check(column)
        of_kind = {name: self.specification.of_kind(name) for name in KINDS}
        if self.options.derived and not of_kind["number"]:
            DerivedColumns(self.options.derived, ())  # says which column there is not
        return {
            name: KINDS[name].encoder([self.specification[each] for each in columns], self.options)
            for name, columns in of_kind.items()
            if columns
        }

    @property
    def tokenizer(self) -> Tokenizer | NGrams:
        """Cuts texts into tokens."""
        return self.options.tokenizer

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
        for encoder in self.encoders.values():
            encoder.adapt(raw)
        if self.scores:
            self.scores.adapt(self.raw_numbers(raw))
        counted, categories = InputFacts(self.specification), self.encoders.get("category")
        counted.add_columns(raw, categories)
        self.specification = replace(self.specification, seen=counted.seen(categories))

    @property
    def number_names(self) -> tuple[str, ...]:
        """What each column of the feature ``numbers`` is."""
        return tuple(name for encoder in self.encoders.values() for name in encoder.number_names)

    @property
    def category_names(self) -> tuple[str, ...]:
        """What each column of the feature ``categories`` is."""
        return tuple(name for encoder in self.encoders.values() for name in encoder.category_names)

    @property
    def category_sizes(self) -> tuple[int, ...]:
        """Number of ids of each, id 0 included."""
        return tuple(size for encoder in self.encoders.values() for size in encoder.category_sizes)

    @property
    def vocabularies(self) -> dict[str, list[str]]:
        """Of each feature that is a document, what its ids stand for; id 0 is padding."""
        found: dict[str, list[str]] = {}
        for encoder in self.encoders.values():
            found |= encoder.vocabularies()
        return found

    def raw_numbers(self, raw: RawColumns) -> np.ndarray:
        """All numbers before they are normalised, for baselines: float32 ``(rows, numbers)``, NaN missing."""
        batches = [self._numbers(self._entered(batch)).numpy() for batch in to_dataset(raw, _ROWS_AT_ONCE)]
        return np.concatenate(batches)

    def documents(self, raw: RawColumns) -> Any:
        """Join the words of every row, of texts and of events' texts, ``(rows,)``; None if there are none."""
        texts = [words for encoder in self.encoders.values() for words in encoder.words(raw)]
        return tf.strings.join(texts, separator=" ") if texts else None

    def call(self, inputs: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        """Preprocess a batch."""
        columns, features = self._entered(self._checked(inputs)), {}
        if self.scores:
            normalise = self.scores if self.normalise else _with_flags
            features["numbers"], features["missing"] = normalise(self._numbers(columns))
        ids = (encoder.category_ids(columns) for encoder in self.encoders.values())
        if parts := [part for part in ids if part is not None]:
            features["categories"] = tf.concat(parts, axis=1)
        for encoder in self.encoders.values():
            features |= encoder(columns)
        blank = [encoder.blank(columns) for encoder in self.encoders.values()]
        features["blank"] = tf.reduce_all(tf.stack(blank), axis=0)
        return features | self._joint_document(columns, inputs)

    def _joint_document(
        self, columns: dict[str, tf.Tensor], inputs: Mapping[str, Any]
    ) -> dict[str, tf.Tensor]:
        """Make a feature of all columns that hold words together; here each kind has its own."""
        return {}

    def compute_output_spec(self, inputs: Mapping[str, Any]) -> dict[str, keras.KerasTensor]:
        """Return shapes and types of the features, which are known before there is a vocabulary."""
        specs: dict[str, keras.KerasTensor] = {}
        if self.scores:
            numbers = (None, len(self.number_names))
            specs |= {name: keras.KerasTensor(numbers, "float32") for name in ("numbers", "missing")}
        if self.category_names:
            specs["categories"] = keras.KerasTensor((None, len(self.category_names)), "int32")
        for encoder in self.encoders.values():
            specs |= encoder.feature_specs()
        return {**specs, "blank": keras.KerasTensor((None,), "bool")}

    def keras_inputs(self) -> dict[str, keras.KerasTensor]:
        """Return the raw columns as inputs of a functional model."""
        signature = self.input_signature()
        names = safe_names(signature)
        return {
            name: keras.Input(batch_shape=spec.shape, dtype=spec.dtype.name, name=names[name])
            for name, spec in signature.items()
        }

    def input_signature(self) -> dict[str, tf.TensorSpec]:
        """Describe the raw columns of a batch: name, type and shape, as in the SavedModel's signature.

        Behind the columns stands, for each sequence group, how many events of each row are real.
        """
        signature = {column.name: tensor_spec(column) for column in self.specification.columns}
        return signature | {name: tf.TensorSpec((None,), tf.int32) for name in self.specification.lengths}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {each.name: getattr(self.options, each.name) for each in fields(self.options)}
        del own["documents"]
        return {
            **super().get_config(),
            **own,
            "specification": self.specification.get_config(),
            "tokenizer": keras.saving.serialize_keras_object(self.tokenizer),
            "normalise": self.normalise,
            "learnt": {name: encoder.state() for name, encoder in self.encoders.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Preprocessor":
        """Return what `get_config` described; vocabularies and scores come with the weights."""
        config = dict(config)
        learnt = config.pop("learnt")
        preprocessor = cls(**config)
        for name, encoder in preprocessor.encoders.items():
            if learnt[name] is not None:
                encoder.restore(learnt[name])
        return preprocessor

    def _checked(self, inputs: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        signature = self.input_signature()
        for name, spec in signature.items():
            if name not in inputs:
                what = "column" if spec.dtype != tf.int32 else "length of events"
                raise InputError(f"the {what} {name!r} is missing", expected=", ".join(signature))
        return {name: of_type(inputs[name], spec.dtype) for name, spec in signature.items()}

    def _entered(self, inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        columns = dict(inputs)
        for encoder in self.encoders.values():
            columns = encoder.entered(columns)
        return columns

    def _numbers(self, columns: Mapping[str, tf.Tensor]) -> tf.Tensor:
        parts = (encoder.numbers(columns) for encoder in self.encoders.values())
        return tf.concat([part for part in parts if part is not None], axis=1)


def _with_flags(numbers: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    missing = tf.math.is_nan(numbers)
    return tf.where(missing, 0.0, numbers), tf.cast(missing, tf.float32)
