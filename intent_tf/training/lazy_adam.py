"""Adam that touches only the rows of a table that a batch used."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from intent_tf.training.fused_adam import FusedAdam

# The name under which TensorFlow's runtime makes a variable that belongs to one execution alone
# (``ResourceHandle::ANONYMOUS_NAME`` of its C++ interface).
ANONYMOUS = "cd2c89b7-88b7-44c8-ad83-06c2a9158347"


@keras.saving.register_keras_serializable(package="intent_tf")
class LazyAdam(FusedAdam):
    """Adam whose moments stand still for the rows of an embedding that a batch does not hold.

    Adam goes on moving a row after its last gradient, for as long as its momentum lasts, so each step costs
    a pass over the whole table. This optimiser updates, with the same formula, only the rows that the
    batch's gradient names. **It is a different optimiser**: a rare word stays where its last gradient left
    it, and its moments forget by occurrences instead of by steps. Where every row has a gradient in every
    step, and for all variables that are not embeddings, it equals :class:`FusedAdam`.

    Its time does not depend on the size of the vocabulary; below some 20,000 rows :class:`FusedAdam` is
    about as fast.

    Args:
        **kwargs: See ``keras.optimizers.Adam``.

    Example:
        >>> table = keras.Variable([[1.0], [2.0], [3.0]])
        >>> gradient = tf.IndexedSlices(tf.constant([[0.5]]), tf.constant([1]), tf.constant([3, 1]))
        >>> LazyAdam(learning_rate=0.1).apply([gradient], [table])
        >>> table.numpy().ravel().round(4)
        array([1. , 1.9, 3. ], dtype=float32)
    """

    def update_step(self, gradient: Any, variable: tf.Variable, learning_rate: Any) -> None:
        """Update one variable in place, or those of its rows that the gradient names."""
        if self.amsgrad or not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        rows, place = tf.unique(gradient.indices)
        # Summing equal rows takes longer than finding out that there are none.
        values = tf.cond(
            tf.size(rows) == tf.size(place),
            lambda: gradient.values,
            lambda: tf.math.unsorted_segment_sum(gradient.values, place, tf.size(rows)),
        )
        tables = self._tables(variable)
        parts = self._updated(
            [tf.gather(table, rows) for table in tables],
            tf.cast(values, variable.dtype),
            self._rates(learning_rate, variable.dtype),
        )
        for table, part in zip(tables, parts, strict=True):
            table.scatter_update(tf.IndexedSlices(part, rows))

    def _updated(
        self, parts: list[tf.Tensor], gradient: tf.Tensor, rates: dict[str, tf.Tensor]
    ) -> list[tf.Tensor]:
        if tf.__internal__.get_enclosing_xla_context() is not None:
            weight, momentum, velocity = parts
            momentum += (gradient - momentum) * (1 - rates["beta1"])
            velocity += (tf.square(gradient) - velocity) * (1 - rates["beta2"])
            rate = rates["lr"] * tf.sqrt(1 - rates["beta2_power"]) / (1 - rates["beta1_power"])
            return [weight - rate * momentum / (tf.sqrt(velocity) + rates["epsilon"]), momentum, velocity]
        # The fused kernel updates variables, so it gets some that hold just these rows.
        handles = [
            tf.raw_ops.VarHandleOp(dtype=part.dtype, shape=[None, *part.shape[1:]], shared_name=ANONYMOUS)
            for part in parts
        ]
        for handle, part in zip(handles, parts, strict=True):
            tf.raw_ops.AssignVariableOp(resource=handle, value=part)
        self._apply(handles, gradient, rates)
        return [tf.raw_ops.ReadVariableOp(resource=handle, dtype=gradient.dtype) for handle in handles]
