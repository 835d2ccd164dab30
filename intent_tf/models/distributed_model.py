"""A Keras model whose training is right on many devices and machines."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from intent_tf.data.shard import Shard


class DistributedModel(keras.Model):
    """`keras.Model` that `fit` and `evaluate` train and measure alike under every ``tf.distribute`` strategy.

    A model that is built in the scope of a strategy takes the steps that one device would take on the same
    batches. Keras' own model does not:

    - Under `MultiWorkerMirroredStrategy` its `fit` fails, since it reduces the first batch and every metric
      over replicas as if they were vectors (keras issue 20585).
    - It takes the mean of the replicas' gradients, though the last batch of an epoch seldom splits evenly:
      a row of a replica that has few of them then counts for more. Here each replica's gradient counts as
      much as it has rows: ``Σᵣ rowsᵣ ∇ meanᵣ / Σᵣ rowsᵣ``. A replica without rows adds nothing.

    Metrics are sums over the rows of all replicas at the end of an epoch. The values that callbacks see after
    a batch are the mean of the replicas'; they are the same on every machine, so that all stop together.

    Without a strategy it *is* `keras.Model`.
    """

    train_function: Callable[[Any], Any] | None
    test_function: Callable[[Any], Any] | None

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Take the mean over this replica's rows, whose gradient counts as much as it has rows."""
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        return self.by_rows(loss, y) if training else loss

    def by_rows(self, loss: tf.Tensor, y: Any) -> tf.Tensor:
        """Let the gradient of a mean over this replica's rows count as much as it has rows.

        Args:
            loss: The mean, which stays as it is.
            y: The labels of the rows.
        """
        return _scale_gradient(loss, _share_of_rows(y))

    @property
    def wants_static_shapes(self) -> bool:
        """Whether batches must be of one shape: a TPU compiles the step for it."""
        return isinstance(self._distribute_strategy, tf.distribute.TPUStrategy)

    def distribute(self, batches: Callable[[Shard], tf.data.Dataset]) -> Any:
        """Make the input of `fit` or `evaluate` on this process.

        Args:
            batches: Makes an endless dataset of the batches of some replicas' rows.
        """
        strategy = self._distribute_strategy
        if strategy is None:
            return batches(Shard())

        def pipeline(context: tf.distribute.InputContext) -> tf.data.Dataset:
            replicas = context.num_replicas_in_sync // context.num_input_pipelines
            return batches(
                Shard(context.input_pipeline_id * replicas, replicas, context.num_replicas_in_sync)
            )

        return strategy.distribute_datasets_from_function(pipeline)

    def make_train_function(self, force: bool = False) -> None:
        """Make what runs a training step on all replicas."""
        if self._distribute_strategy is None:
            super().make_train_function(force)
        elif self.train_function is None or force:
            self.train_function = self._on_replicas(self.train_step)

    def make_test_function(self, force: bool = False) -> None:
        """Make what runs a test step on all replicas."""
        if self._distribute_strategy is None:
            super().make_test_function(force)
        elif self.test_function is None or force:
            self.test_function = self._on_replicas(self.test_step)

    def _on_replicas(self, step: Callable[[Any], dict[str, tf.Tensor]]) -> Callable[[Any], Any]:
        strategy = self.distribute_strategy

        def run(batch: Any) -> dict[str, tf.Tensor]:
            names: list[str] = []

            def stacked(batch: Any) -> tf.Tensor:
                logs = step(batch)
                names[:] = logs
                return tf.stack([tf.cast(value, tf.float32) for value in logs.values()])

            # All metrics in one reduction: each is a message between machines.
            values = strategy.reduce("MEAN", strategy.run(stacked, args=(batch,)), axis=None)
            return dict(zip(names, tf.unstack(values, len(names)), strict=True))

        def several(iterator: Any) -> dict[str, tf.Tensor]:
            for _ in range(self.steps_per_execution):
                logs = run(next(iterator))
            return logs

        if not self.run_eagerly:
            run, several = (
                tf.function(each, reduce_retracing=True, autograph=False) for each in (run, several)
            )

        def function(iterator: Any) -> dict[str, tf.Tensor]:
            is_distributed = isinstance(iterator, tf.distribute.DistributedIterator)
            return several(iterator) if is_distributed else run(next(iterator))

        return function

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Create the variables of metrics and optimiser, which a step inside a strategy cannot."""
        strategy = self._distribute_strategy
        if strategy is None:
            return
        if iterator is not None:
            _, _, batches = next(iter(iterator))
            data_batch = keras.tree.map_structure(
                lambda value: strategy.experimental_local_results(value)[0], next(batches)
            )
        with strategy.scope():
            self._symbolic_build(data_batch=data_batch)


@tf.custom_gradient
def _scale_gradient(value: tf.Tensor, factor: tf.Tensor) -> Any:
    return value, lambda gradient: (gradient * tf.cast(factor, gradient.dtype), None)


def _share_of_rows(y: Any) -> tf.Tensor:
    """How many times its even share of the step's rows this replica has."""
    context = tf.distribute.get_replica_context()
    rows = tf.shape(y)[0]
    # Batches of a shape that is known beforehand, as TPUs want them, are alike on all replicas.
    if context is None or context.num_replicas_in_sync == 1 or y.shape[0] is not None:
        return tf.constant(1.0)
    rows = tf.cast(rows, tf.float32)
    return rows * context.num_replicas_in_sync / context.all_reduce(tf.distribute.ReduceOp.SUM, rows)
