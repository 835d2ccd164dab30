"""What a model answers, made of what its members say."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.layers.action_head import ActionHead
from intent_tf.models.base_rate import BaseRate
from intent_tf.models.parts.part_stack import PartStack
from intent_tf.text.configured import Configured

#: The name of the probability of a purchase, everywhere.
STRENGTH = "intent_strength"
#: The standard deviation of the members' probabilities, where the predictor has several.
SPREAD = "intent_strength_spread"
#: The probabilities of what shoppers do at most, where labels were graded.
ACTIONS = "action_probabilities"


@keras.saving.register_keras_serializable(package="intent_tf")
class Outputs(Configured, keras.layers.Layer):
    """Turns the members' probabilities into the outputs of a model, by name.

    - ``intent_strength``, float32 ``(batch,)``: the mean of the members, stacked with the further parts,
      calibrated.
    - ``intent_strength_spread``, float32 ``(batch,)``, where there are several members or parts: the standard
      deviation of their probabilities, each calibrated likewise.
    - ``action_probabilities``, float32 ``(batch, actions + 1)``, with an action head: those of what a shopper
      does at most, the purchase last.

    Args:
        calibrator: Maps probabilities ``(batch,)`` to calibrated ones. Default None: they stay as they are.
        actions: The head whose logits come with the members. Default None: there is none.
        stack: Joins the network with further parts. Default None: there are none.
        base_rate: Answers for rows in which no column has a value. Default None: they are like others.
        **kwargs: Those of every Keras layer.

    Example:
        >>> outputs = Outputs()(tf.constant([[0.2, 0.4]]))
        >>> {name: round(float(value[0]), 2) for name, value in outputs.items()}
        {'intent_strength': 0.3, 'intent_strength_spread': 0.1}
    """

    def __init__(
        self,
        calibrator: keras.layers.Layer | None = None,
        actions: ActionHead | None = None,
        stack: PartStack | None = None,
        base_rate: BaseRate | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.calibrator = calibrator
        self.actions = actions
        self.stack = stack
        self.base_rate = base_rate

    def call(
        self, members: Any, action_logits: Any = None, part_logits: Any = None, blank: Any = None
    ) -> dict[str, tf.Tensor]:
        """Answer for what the parts of a model say.

        Args:
            members: Probabilities of the network's members ``(batch, members)``.
            action_logits: The action head's logits ``(batch, actions)``.
            part_logits: The logits of the parts beside the network ``(batch, parts)``.
            blank: Which rows have no value in any column, bool ``(batch,)``.
        """
        members = tf.convert_to_tensor(members)
        strength = tf.reduce_mean(members, axis=1)
        if self.stack is not None:
            strength = self.stack.together(strength, part_logits)
            members = tf.concat([members, tf.sigmoid(part_logits)], axis=1)
        outputs = {STRENGTH: self.calibrated(strength)}
        if self.base_rate is not None and blank is not None:
            outputs[STRENGTH] = self.base_rate(outputs[STRENGTH], blank)
        if members.shape[1] > 1:
            each = tf.reshape(self.calibrated(tf.reshape(members, (-1,))), tf.shape(members))
            outputs[SPREAD] = tf.math.reduce_std(tf.ensure_shape(each, members.shape), axis=1)
        if self.actions is not None:
            outputs[ACTIONS] = self.actions.probabilities(action_logits, outputs[STRENGTH])
        return outputs

    def calibrated(self, probability: tf.Tensor) -> tf.Tensor:
        """Calibrate probabilities ``(batch,)``."""
        return probability if self.calibrator is None else self.calibrator(probability)
