"""Fits the parts of a model beside its network, and how much each counts."""

from intent_tf.training.parts.fit_parts import Stacked, fit_parts

__all__ = ["Stacked", "fit_parts"]
