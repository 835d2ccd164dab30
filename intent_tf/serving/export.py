"""Writes a model as a SavedModel that TF Serving loads: raw columns in, strength out."""

from __future__ import annotations

from pathlib import Path

import keras
import tensorflow as tf

from intent_tf.models.intent_model import IntentModel

#: The name of the output, everywhere.
OUTPUT = "intent_strength"


def export_saved_model(model: IntentModel, folder: Path) -> None:
    """Write ``saved_model.pb``, ``variables/`` and ``assets/``.

    The signature ``serving_default`` takes the named raw columns (`Preprocessor.input_signature`) and
    returns ``intent_strength``, float32 ``(batch,)``. It holds core TensorFlow ops only.

    Args:
        model: The trained model.
        folder: Created if need be.
    """

    def serve(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {OUTPUT: model(columns, training=False)}

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serving_default", serve, [model.preprocessor.input_signature()])
    archive.write_out(str(folder), verbose=False)
