"""A network that guesses hidden subwords, to learn what a shop's documents are like."""

from typing import Any

import keras
import tensorflow as tf

from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.text.configured import Configured


@keras.saving.register_keras_serializable(package="intent_tf")
class LanguageModel(Configured, keras.Model):
    """`BertTransformer` with BERT's head: a dense layer, a norm, and the token vectors as the last layer.

    Logits are computed only where there is a subword to guess, a seventh of all: over a vocabulary they cost
    more than a small network.

    Args:
        network: The encoder that is trained.
        **kwargs: Those of every Keras model.

    Shapes: ids int32 ``(batch, subwords)`` to vectors float32 ``(batch, subwords, width)``; the loss takes
        targets int32 ``(batch, subwords)``, 0 where there is nothing to guess, and is the mean cross-entropy
        in nats.
    """

    def __init__(self, network: BertTransformer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network
        small = keras.initializers.TruncatedNormal(stddev=0.02)
        self.dense = keras.layers.Dense(network.hidden_dim, "gelu", kernel_initializer=small, name="dense")
        self.norm = keras.layers.LayerNormalization(epsilon=network.layer_norm_epsilon, name="norm")
        self.bias = self.add_weight(shape=(network.vocabulary_size,), initializer="zeros", name="bias")
        self.cross_entropy = keras.metrics.Mean(name="cross_entropy")
        if not network.built:
            network.build()
        network.pooler.trainable = False

    def build(self, input_shape: Any = None) -> None:
        """Create the head's weights."""
        for layer in (self.dense, self.norm):
            layer.build((None, self.network.hidden_dim))

    def call(self, ids: Any, training: bool | None = None) -> tf.Tensor:
        """Encode ids."""
        return tf.cast(self.network(ids, training=training)["sequence_output"], tf.float32)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Take the mean cross-entropy of the guesses; 0 of a batch that has none."""
        indices = tf.where(y > 0)
        vectors = self.norm(self.dense(tf.gather_nd(y_pred, indices)))
        table = tf.convert_to_tensor(self.network.token_embedding)
        logits = tf.matmul(vectors, table, transpose_b=True) + self.bias
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather_nd(y, indices), logits)
        self.cross_entropy.update_state(losses)
        return tf.reduce_sum(losses) / tf.maximum(tf.cast(tf.size(losses), tf.float32), 1.0)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Return the metrics: the loss has counted every guess."""
        return {metric.name: metric.result() for metric in self.metrics}

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The loss, and the mean over all guesses, whatever batch they were in."""
        return [self._loss_tracker, self.cross_entropy]
