"""BERT as a layer of a Keras 3 model: documents in, one vector a row out."""

from pathlib import Path
from typing import Any, get_args

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.models.bert.hub_form import read_vocabulary, write_hub_form
from intent_tf.models.bert.hub_saved_model import HubSavedModel
from intent_tf.models.bert.hugging_face import read_hugging_face
from intent_tf.models.bert.keras_hub_preset import is_preset, read_preset
from intent_tf.options.encoder import Pooling
from intent_tf.text.configured import Configured
from intent_tf.text.wordpiece import WordPieceIds

Network = BertTransformer | HubSavedModel

#: Rows that a prediction takes at once: the attention of more would not fit into a small machine's memory.
_ROWS_AT_ONCE = 64


@keras.saving.register_keras_serializable(package="intent_tf")
class BertEncoder(Configured, keras.layers.Layer):
    """A BERT encoder with its subwords, in place of the extractor's Embedding → Conv1D → max.

    `hub.KerasLayer` is no layer of Keras 3, and TF-Hub's files, KerasHub's presets and Hugging Face's folders
    do not meet. Here all three become this layer, whose weights are tracked, trained, saved in ``.keras``
    files and exported: `from_hub`, `from_preset`; `to_hub` writes what any of them reads.

    Args:
        network: The encoder proper.
        subwords: Its tokeniser.
        pooling: How the subwords' vectors become one: their ``"mean"``, ``"cls"`` (the network's
            ``pooled_output``), or the article's Conv1D → max over them, ``"cnn"``.
        filters: Of the convolution. Default 128.
        kernel_size: Subwords under a filter. Default 3.
        **kwargs: Those of every Keras layer.

    Call arguments:
        inputs: Strings ``(batch,)``, ids of subwords int32 ``(batch, subwords)`` padded with 0, or vectors
            float32 ``(batch, width)`` that this layer gave before, which pass through: so a head can be
            trained on one pass over the data.

    Returns:
        float32 ``(batch, width)``; with ``"cnn"`` ``(batch, filters)``.

    Raises:
        InputError: If the vocabulary does not fit the network, or rows may be longer than its positions.

    Example:
        >>> subwords = WordPieceIds(vocabulary=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hat", "##s"])
        >>> encoder = BertEncoder(BertTransformer(7, num_layers=1, hidden_dim=8, num_heads=2), subwords)
        >>> encoder(tf.constant(["hats", "hat"])).shape
        TensorShape([2, 8])
    """

    def __init__(
        self,
        network: Network,
        subwords: WordPieceIds,
        pooling: Pooling = "mean",
        filters: int = 128,
        kernel_size: int = 3,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        if pooling not in get_args(Pooling):
            raise InputError(f"no pooling {pooling!r}", expected=", ".join(get_args(Pooling)))
        if subwords.vocabulary and subwords.vocabulary_size != network.vocabulary_size:
            raise InputError(
                f"the vocabulary has {subwords.vocabulary_size:,} subwords and the network "
                f"{network.vocabulary_size:,} vectors",
                expected="the vocabulary of the checkpoint",
            )
        if subwords.max_tokens > network.max_sequence_length:
            raise InputError(
                f"rows of {subwords.max_tokens} subwords, and the network has "
                f"{network.max_sequence_length} positions",
                remedy=f"cut them: at most {network.max_sequence_length} tokens",
            )
        self.network = network
        self.subwords = subwords
        self.pooling = pooling
        self.filters = filters
        self.kernel_size = kernel_size
        self.rows_at_once = _ROWS_AT_ONCE
        self.convolution = None
        if pooling == "cnn":
            self.convolution = keras.layers.Conv1D(
                filters, kernel_size, padding="same", activation="relu", name="convolution"
            )
        if isinstance(network, BertTransformer):
            network.pooler.trainable = pooling == "cls"

    @classmethod
    def from_preset(
        cls, preset: str | Path, *, max_tokens: int = 128, pooling: Pooling = "mean", **options: Any
    ) -> "BertEncoder":
        """Take a KerasHub preset, or a local folder in Hugging Face's form (also one that `to_hub` wrote).

        Args:
            preset: Name or folder of a KerasHub preset of BERT, or a folder that holds ``config.json``,
                ``model.safetensors`` and ``vocab.txt``.
            max_tokens: Number of subwords that are read of a row.
            pooling: How a text's vector is made from its subwords'; see `BertEncoder`.
            **options: Further arguments of `BertTransformer`, such as ``dropout`` and ``dtype``.

        Raises:
            InputError: If there is no such preset, no network to fetch it, or it is no BERT.
        """
        folder = Path(preset)
        if is_preset(folder):
            network, vocabulary, lower = read_preset(str(preset), options)
            subwords = WordPieceIds(max_tokens, lower, vocabulary)
        else:
            network = read_hugging_face(folder, **options)
            vocabulary_file, lower = read_vocabulary(folder)
            subwords = WordPieceIds.from_file(vocabulary_file, max_tokens, lower)
        return cls(network, subwords, pooling)

    @classmethod
    def from_hub(
        cls,
        handle: str | Path,
        *,
        trust: bool = False,
        trainable: bool = True,
        vocabulary: str | Path | None = None,
        max_tokens: int = 128,
        pooling: Pooling = "mean",
    ) -> "BertEncoder":
        """Take a TF-Hub style SavedModel of an encoder, as a trainable layer.

        Its graph is run, and comes from whoever made it: a graph can read and write files. So it has to be
        trusted, as Keras asks for `keras.layers.TFSMLayer`.

        Args:
            handle: Folder of a SavedModel that maps ``input_word_ids``, ``input_mask`` and ``input_type_ids``
                to ``pooled_output`` and ``sequence_output``, or a handle that `hub.resolve` fetches.
            trust: Whether the graph of this SavedModel may be run.
            trainable: Whether the encoder's weights are trained.
            vocabulary: One subword a line; by default what the SavedModel brings along.
            max_tokens: Number of subwords that are read of a row.
            pooling: How a text's vector is made from its subwords'; see `BertEncoder`.

        Raises:
            InputError: If it is not trusted, is no such encoder, or its vocabulary does not fit.
        """
        network = HubSavedModel.load(handle, trust=trust)
        file, lower = (vocabulary, network.lower) if vocabulary else network.vocabulary_file
        encoder = cls(network, WordPieceIds.from_file(file, max_tokens, lower), pooling)
        network.trainable = trainable
        return encoder

    def to_hub(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Write the encoder as a TF-Hub style SavedModel; see `hub_form.write_hub_form`.

        Args:
            folder: A new or empty folder, or one that this method wrote before.
            overwrite: Write into a folder that holds other files too, which stay as they are.

        Raises:
            InputError: If the folder holds other files, or the encoder itself came from a SavedModel: that is
                its form already.
        """
        if not isinstance(self.network, BertTransformer):
            raise InputError("the encoder came from a TF-Hub style SavedModel", remedy="copy that folder")
        if not self.network.built:
            self.network.build()
        write_hub_form(self.network, self.subwords, folder, overwrite)

    def build(self, input_shape: Any = None) -> None:
        """Create the weights."""
        if not self.network.built:
            self.network.build((None, None))
        if self.convolution is not None:
            self.convolution.build((None, None, self.network.hidden_dim))

    def call(self, inputs: Any, training: bool | None = None) -> tf.Tensor:
        """Encode a batch."""
        inputs = tf.convert_to_tensor(inputs)
        if inputs.dtype.is_floating:
            return inputs
        ids = self.subwords(inputs) if inputs.dtype == tf.string else inputs
        if self.pooling == "cls":
            # A SavedModel computes what its graph computes.
            only = {"first_only": True} if isinstance(self.network, BertTransformer) else {}
            pooled = self.network(ids, training=training, **only)["pooled_output"]
            return tf.cast(pooled, tf.float32)
        outputs = self.network(ids, training=training)
        sequence, present = tf.cast(outputs["sequence_output"], tf.float32), (ids != 0)[..., None]
        if self.convolution is None:
            weight = tf.cast(present, tf.float32)
            # A row without any subword does not occur: each has [CLS]. The blank row of a shape probe may.
            count = tf.maximum(tf.reduce_sum(weight, axis=1), 1.0)
            return tf.reduce_sum(sequence * weight, axis=1) / count
        # Padding gives a filter nothing to see, and its own outputs, relu's least value, never win the max.
        filtered = self.convolution(tf.where(present, sequence, 0.0))
        return tf.reduce_max(tf.where(present, filtered, 0.0), axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shape of the vectors, known before there is a vocabulary."""
        return (input_shape[0], self.network.hidden_dim if self.convolution is None else self.filters)
