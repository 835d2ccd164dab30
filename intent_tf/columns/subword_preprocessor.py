"""Raw columns to features whose text is one document of an encoder's subwords."""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.data.specification import FeatureSpecification
from intent_tf.text.wordpiece import WordPieceIds

#: A batch may bring the ids of its documents under this name; its texts are then not read.
IDS = "input_word_ids"


@keras.saving.register_keras_serializable(package="intent_tf")
class SubwordPreprocessor(Preprocessor):
    """A `Preprocessor` for a BERT encoder: texts and sessions become one document of its subwords.

    The feature ``text`` holds ``[CLS] text [SEP] session [SEP]``, and there is no ``session``: an encoder
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

    makes_documents = False

    def compute_output_spec(self, inputs: Mapping[str, Any]) -> dict[str, keras.KerasTensor]:
        """Return shapes and types of the features."""
        documents = {"text": keras.KerasTensor((None, None), "int32")} if self.reads_words else {}
        return super().compute_output_spec(inputs) | documents

    @property
    def reads_words(self) -> bool:
        """Whether any column holds words."""
        return any(encoder.has_words for encoder in self.encoders.values())

    def _joint_document(
        self, columns: dict[str, tf.Tensor], inputs: Mapping[str, Any]
    ) -> dict[str, tf.Tensor]:
        if not self.reads_words:
            return {}
        if IDS in inputs:
            return {"text": tf.cast(inputs[IDS], tf.int32)}
        encoders = self.encoders.values()
        prose = [found for each in encoders if (found := each.prose(columns)) is not None]
        events = [found for each in encoders if (found := each.rendered(columns)) is not None]
        return {
            "text": self.subwords(
                tf.strings.join(prose, separator="\n") if prose else None,
                tf.concat(events, axis=1) if events else None,
            )
        }

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "subwords": keras.saving.serialize_keras_object(self.subwords)}
