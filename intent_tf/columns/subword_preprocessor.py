"""Raw columns to features whose text is one document of an encoder's subwords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.features import Features
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.data.specification import FeatureSpecification
from intent_tf.text.wordpiece import WordPieceIds

#: A batch may bring the ids of its documents under this name; its texts are then not read.
IDS = "input_word_ids"


@keras.saving.register_keras_serializable(package="intent_tf")
class SubwordPreprocessor(Preprocessor):
    """A `Preprocessor` for a BERT encoder: texts and sessions become one document of its subwords.

    ``Features.text`` holds ``[CLS] text [SEP] session [SEP]``, and ``Features.session`` nothing: an encoder
    reads both at once and relates them. Numbers, categories and the statistics of sessions are those of
    `Preprocessor`.

    Args:
        specification: The raw columns, or their configuration.
        subwords: The encoder's tokeniser.
        **options: Those of `Preprocessor`; a session is rendered with its tokeniser.
    """

    def __init__(
        self,
        specification: FeatureSpecification | Mapping[str, Any],
        subwords: WordPieceIds | dict[str, Any],
        **options: Any,
    ) -> None:
        super().__init__(specification, **options)
        # A copy: of a layer that two others hold, a `.keras` file keeps the vocabulary only once.
        self.subwords: WordPieceIds = (
            keras.saving.deserialize_keras_object(subwords)
            if isinstance(subwords, dict)
            else subwords.extended(())
        )

    def _create_layers(self) -> None:
        super()._create_layers()
        del self.token_ids
        self.token_ids = None

    def call(self, inputs: Mapping[str, Any] | Features) -> Features:
        """Preprocess a batch; `Features` pass through."""
        features = super().call(inputs)
        if isinstance(inputs, Features):
            return features
        nothing = features.session[:, :0]
        if IDS in inputs:
            return features._replace(text=tf.cast(inputs[IDS], tf.int32), session=nothing)
        columns = self._with_equal_lengths(self._checked(inputs))
        texts = self._joined_texts(columns) if self.specification.of_kind("text") else None
        if isinstance(texts, tf.RaggedTensor):
            texts = tf.strings.reduce_join(texts, axis=-1, separator=" ")
        events = self.session_tokens.render(columns) if self.session_tokens else None
        if texts is None and events is None:
            return features
        return features._replace(text=self.subwords(texts, events), session=nothing)

    @property
    def reads_documents(self) -> bool:
        """Whether there is any text or session to read."""
        return bool(self.specification.of_kind("text")) or self.session_tokens is not None

    def dummy_inputs(self) -> Features:
        """Features of one row in which everything is missing; they give the extractors their shapes."""
        dummy_inputs = super().dummy_inputs()
        return dummy_inputs._replace(
            text=tf.zeros((1, int(self.reads_documents)), tf.int32), session=dummy_inputs.text
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "subwords": keras.saving.serialize_keras_object(self.subwords)}
