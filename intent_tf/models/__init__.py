"""Models: extractors, the predictor, and the model that joins them.

Importing any of it registers every layer that a saved model may hold, so that
``keras.models.load_model`` needs no ``custom_objects``.
"""

from intent_tf.models import build, calibrator, folded_text_cnn, forward_corrected

__all__ = ["build", "calibrator", "folded_text_cnn", "forward_corrected"]
