"""The model that is trained: features in, the probabilities of an ensemble's members out."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.columns.row_order import longest_first
from intent_tf.columns.rows import Rows
from intent_tf.models.distributed_model import DistributedModel
from intent_tf.models.outputs import STRENGTH, Outputs


@keras.saving.register_keras_serializable(package="intent_tf")
class MemberModel(DistributedModel):
    """A functional Keras model whose members each learn from their own loss.

    Keras compares one prediction with one label. An ensemble has several for each label: this model repeats
    the label over its members, for every Keras loss, and measures by what the members say together. It shares
    its layers with the `IntentModel` that it belongs to, whose weights it therefore trains.

    Args:
        inputs: Feature to `keras.Input`.
        outputs: Probabilities ``(batch, members)``; with an action head or further parts a mapping of the
            arguments of `Outputs` to them and to what these say.
        together: Makes the outputs that metrics are measured on of what the members say; has the action head.
        **kwargs: Those of every Keras model.
    """

    def __init__(self, inputs: Any, outputs: Any, together: Outputs, **kwargs: Any) -> None:
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self.together = together

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Take the mean of the members' losses, and add that of the actions.

        ``y`` is ``(batch,)``: the label in [0, 1], or with actions a grade, of which 1 is a purchase.
        """
        said = self.said(y_pred)
        members = said["members"]
        label = tf.cast(y if self.together.actions is None else _purchase(y), tf.float32)
        label = tf.broadcast_to(tf.reshape(label, (-1, 1)), tf.shape(members))
        loss = super().compute_loss(x, label, members, sample_weight, training)
        if self.together.actions is None:
            return loss
        further = self.together.actions.loss(tf.reshape(y, (-1,)), said["action_logits"], sample_weight)
        return loss + (self.by_rows(further, y) if training else further)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the metrics by the probability that the members state together.

        A teacher's probability among the labels counts as what it is nearer to, since ranks want two classes.
        """
        label = tf.round(y) if self.together.actions is None else _purchase(y)
        probability = self.together(**self.said(y_pred))[STRENGTH]
        # Of vectors, Keras would average a metric over batches, however small the last one is.
        return super().compute_metrics(x, tf.reshape(label, (-1, 1)), probability[:, None], sample_weight)

    def passes(self, rows: Rows, batch_size: int) -> tuple[Any, int]:
        """Make endless passes over all rows, and count the steps of one.

        Args:
            rows: The rows; the longest documents come first, so that little is padding.
            batch_size: Rows a step, over all replicas.
        """
        rows = rows.take(longest_first(rows.features))
        batches = self.distribute(lambda shard: rows.batches(batch_size, shard, passes=None))
        return batches, -(-len(rows) // batch_size)

    @staticmethod
    def said(outputs: Any) -> dict[str, Any]:
        """Return what the model returned as arguments of `Outputs`."""
        return outputs if isinstance(outputs, dict) else {"members": outputs}


def _purchase(grade: Any) -> tf.Tensor:
    return tf.cast(grade >= 1, tf.float32)
