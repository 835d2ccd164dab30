"""The model: raw columns in, intent strength out."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import pandas as pd
import tensorflow as tf

from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.rows import Rows
from intent_tf.errors import InputError
from intent_tf.layers.action_head import ActionHead
from intent_tf.layers.member_probabilities import MemberProbabilities
from intent_tf.models.base_rate import BaseRate
from intent_tf.models.file_version import VERSION, refuse_other_version
from intent_tf.models.member_model import MemberModel
from intent_tf.models.outputs import ACTIONS, STRENGTH, Outputs
from intent_tf.models.parts.part_stack import PartStack
from intent_tf.models.signature_names import rename_signatures
from intent_tf.models.table_model import TableModel
from intent_tf.version import __version__

_PARTS = ("preprocessor", "extractor", "predictor", "wide", "calibrator", "actions", "stack", "base_rate")


@keras.saving.register_keras_serializable(package="intent_tf")
class IntentModel(TableModel, keras.Model):
    """How strongly a shopper intends to buy, from raw columns.

    ::

        raw columns → Preprocessor → FeatureExtractor → Predictor (+ wide part) → sigmoid → mean ┐
                                  └→ trees, linear part ────────────────────────────── PartStack ┴→ Calibrator

    It is a functional Keras model over named columns: what `fit` learns from is what `predict` and the
    exported SavedModel compute, to the last bit of preprocessing. A second functional model,
    ``feature_model``, shares all layers, takes the preprocessor's features and gives the probability of each
    of the predictor's members ``(batch, members)``. It is what `fit` trains, each member by its own loss, so
    that features that are kept are computed once.

    Beside what Keras takes, `fit`, `evaluate` and `predict` take DataFrames, mappings of column to array, and
    the `Rows` that `preprocess_data` made. Callbacks see this model, with its columns.

    Args:
        preprocessor: Adapted on training rows.
        extractor: Turns features into vectors ``(batch, width)``.
        predictor: Turns vectors into logits ``(batch, members)``.
        wide: Turns the ids of texts into a logit ``(batch, 1)`` that is added to every member's; None for
            none.
        calibrator: Maps probabilities ``(batch,)`` to calibrated ones; None leaves them as they are.
        threshold: Probability from which on a purchase is predicted, in [0, 1]; chosen on validation rows.
        actions: Turns vectors into logits of what shoppers do at most who do not buy; None for none.
        stack: Further parts, and how much each counts beside the network; None for the network alone.
        base_rate: Answers for rows in which no column has a value; None takes them like others.
        **kwargs: Those of every Keras model.

    Shapes: a mapping of column to ``(batch,)``, for sequences ``(batch, events)``, to float32 ``(batch,)`` in
        [0, 1].
    """

    def __init__(
        self,
        preprocessor: Preprocessor,
        extractor: keras.layers.Layer,
        predictor: keras.layers.Layer,
        wide: keras.layers.Layer | None = None,
        calibrator: keras.layers.Layer | None = None,
        threshold: float = 0.5,
        actions: ActionHead | None = None,
        stack: PartStack | None = None,
        base_rate: BaseRate | None = None,
        **kwargs: Any,
    ) -> None:
        members = MemberProbabilities(name="members")
        together = Outputs(calibrator, actions, stack, base_rate, name="outputs")

        def said(features: Mapping[str, Any]) -> dict[str, Any]:
            vectors = extractor(features)
            logits = predictor(vectors)
            shared = () if wide is None else (wide(features["text"]),)
            further = {} if actions is None else {"action_logits": actions(vectors)}
            if stack is not None:
                further["part_logits"] = stack(features)
            return {"members": members(logits, *shared), **further}

        columns = preprocessor.keras_inputs()
        features = preprocessor(columns)
        strength = together(**said(features), blank=features["blank"])[STRENGTH]
        with warnings.catch_warnings():
            # Columns may have any name, the names of Keras' inputs may not.
            warnings.filterwarnings("ignore", message="When providing `inputs` as a dict")
            super().__init__(inputs=columns, outputs=strength, **kwargs)
        self.preprocessor = preprocessor
        self.extractor = extractor
        self.predictor = predictor
        self.wide = wide
        self.calibrator = calibrator
        self.threshold = threshold
        self.actions = actions
        self.stack = stack
        self.base_rate = base_rate
        given = {
            name: keras.Input(batch_shape=each.shape, dtype=each.dtype, name=name)
            for name, each in features.items()
        }
        answers = said(given)
        # Not attributes that Keras tracks: their layers are this model's own.
        self.__dict__["feature_model"] = self.feature_model_class(
            given,
            answers if len(answers) > 1 else answers["members"],
            together,
            name="feature_model",
        )
        self.__dict__["output_model"] = keras.Model(
            given, together(**answers, blank=given["blank"]), name="output_model"
        )

    feature_model_class = MemberModel

    def compile(self, optimizer: Any = "rmsprop", **options: Any) -> None:
        """Configure training of this model and of what it trains; see `keras.Model.compile`."""
        super().compile(optimizer, **options)
        self.feature_model.compile(self.optimizer, **options)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as `get_compile_config` told, with an optimiser that is ready to take its state."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def compile_alike(self, other: "IntentModel", optimizer: Any = None) -> None:
        """Compile with another model's loss and metrics, and with its optimiser or the one given."""
        compiled = keras.saving.deserialize_keras_object(other.get_compile_config())
        told = {name: compiled[name] for name in ("loss", "metrics", "weighted_metrics")}
        self.compile(compiled["optimizer"] if optimizer is None else optimizer, **told)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The metrics of `fit` and `evaluate`."""
        return self.feature_model.metrics

    def predict_actions(self, x: Any) -> pd.DataFrame:
        """Probabilities of what each shopper does at most: a column an action, the purchase last.

        Args:
            x: A DataFrame of raw columns, or `Rows`.

        Raises:
            InputError: If the model was not trained on graded labels.
        """
        if self.actions is None:
            raise InputError(
                "the model knows purchases only",
                expected="one trained on examples of `prepare --label probability`",
            )
        rows = x if isinstance(x, Rows) else self.unlabelled_rows(x)
        probabilities = self.answers(rows, self.rows_at_once, verbose=0)[ACTIONS]
        return pd.DataFrame(probabilities, rows.frame.index, [*self.actions.actions, "purchase"])

    def export(self, filepath: str | Path, format: str = "tf_saved_model", **options: Any) -> None:
        """Export for inference, under the columns' own names; see `keras.Model.export`.

        `intent_tf.serving.export.export_saved_model` writes what TF Serving and its clients want beside it.

        Args:
            filepath: Folder of the SavedModel, whose signature gives ``intent_strength``.
            format: One of Keras' formats; others than the default name inputs as Keras does.
            **options: The other arguments of Keras.
        """
        if format != "tf_saved_model":
            super().export(str(filepath), format, **options)
            return
        columns = {
            name: tf.TensorSpec(each.shape, each.dtype, each.name) for name, each in self.input.items()
        }
        archive = keras.export.ExportArchive()
        archive.track(self)
        archive.add_endpoint("serving_default", lambda columns: {STRENGTH: self(columns)}, [columns])
        archive.write_out(str(filepath), verbose=options.get("verbose", True))
        rename_signatures(Path(filepath), {each.name: name for name, each in self.input.items()})

    def with_calibration(self, calibrator: keras.layers.Layer | None, threshold: float) -> "IntentModel":
        """Return the same model with what is chosen on validation rows after training.

        Args:
            calibrator: Maps probabilities to calibrated ones; None leaves them as they are.
            threshold: Probability from which on a purchase is predicted.

        Returns:
            A model that shares this one's layers, and is compiled alike.
        """
        return self.with_parts(calibrator=calibrator, threshold=threshold)

    def with_parts(self, **parts: Any) -> "IntentModel":
        """Return a model of the same layers, some of them replaced, assembled anew and compiled alike.

        Args:
            **parts: Arguments of the constructor.
        """
        own = {name: getattr(self, name) for name in (*_PARTS, "threshold")}
        with self.distribute_strategy.scope():
            model = type(self)(**{**own, "name": self.name, **parts})
            if self.compiled:
                model.compile_alike(self, self.optimizer)
        return model

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, and the version of the package."""
        own = {name: getattr(self, name) for name in ("name", "trainable", "threshold")}
        layers = {name: layer for name in _PARTS if (layer := getattr(self, name)) is not None}
        parts = {name: keras.saving.serialize_keras_object(layer) for name, layer in layers.items()}
        return {**own, **parts, VERSION: __version__}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "IntentModel":
        """Return what `get_config` described.

        Raises:
            InputError: If another minor version of the package wrote it.
        """
        refuse_other_version(config)
        own = {name: config[name] for name in ("name", "trainable", "threshold")}
        return cls(**own, **_read_parts(config, custom_objects))

    def without_strategy(self) -> "IntentModel":
        """Return the same model, with weights that belong to this process alone.

        A model that was trained on several machines cannot compute on one of them: each of its steps waits
        for all. One without a strategy is returned as it is.
        """
        if self._distribute_strategy is None:
            return self
        # The preprocessor has nothing to train, and is not part of any strategy.
        local = {**_read_parts(self.get_config()), "preprocessor": self.preprocessor}
        model = type(self)(**local, threshold=self.threshold, name=self.name)
        model.set_weights(self.get_weights())
        model.compile_alike(self)
        return model


def _read_parts(config: dict[str, Any], custom_objects: Any = None) -> dict[str, Any]:
    return {
        name: keras.saving.deserialize_keras_object(config[name], custom_objects)
        for name in _PARTS
        if name in config
    }
