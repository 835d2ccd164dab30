"""The parts of a model beside its network, fitted on the features that the network reads, and their stack."""

from intent_tf.models.parts.category_crosses import CategoryCrosses
from intent_tf.models.parts.linear_part import LinearPart
from intent_tf.models.parts.part_stack import PartStack
from intent_tf.models.parts.tree_part import TreePart

__all__ = ["CategoryCrosses", "LinearPart", "PartStack", "TreePart"]
