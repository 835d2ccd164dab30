"""Somebody's own booster as a version folder like any other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from intent_tf.columns.prepared import PreparedData, check_columns, preprocess_data
from intent_tf.data.example_source import ExampleSource
from intent_tf.evaluation.evaluation import evaluate_model
from intent_tf.layers.trees.tree_ensemble import TreeEnsemble
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.parts.tree_part import TreePart
from intent_tf.serving.artifacts import write_artifacts
from intent_tf.serving.versions import new_version, newest_version
from intent_tf.trees import FittedTrees, read_trees


def from_booster(
    booster: Any, frame: pd.DataFrame, label: str, out: str | Path, *, pool: Any = None, **options: Any
) -> Path:
    """Turn a fitted booster into a calibrated SavedModel of its raw columns, with a report.

    The SavedModel computes what the booster computes, by core operations of TensorFlow: no booster library
    is needed where it is served.

    Args:
        booster: A binary classifier of LightGBM, XGBoost, CatBoost or scikit-learn's histogram boosting,
            fitted on columns of a data frame.
        frame: Rows that the booster has not learnt from, with its columns as it takes them and the label.
            Calibrator and threshold are chosen on a part of them, and the report is about another.
        label: Name of the label column, whose rows of purchases are the booster's second class.
        out: Folder that the version folder is written into.
        pool: The `catboost.Pool` that a CatBoost model with categories was fitted on.
        **options: Those of `preprocess_data`, such as ``positive``, ``weight`` and ``plan``.

    Returns:
        The version folder ``OUT/<version>/``; `intent_tf.load_model` reads the model in it.

    Raises:
        InputError: If the booster is of a kind that the graph cannot hold, or the frame lacks a column.
    """
    trees = read_trees(booster) if pool is None else read_trees(booster, pool=pool)
    model, data = _model_and_rows(trees, frame, label, options)
    evaluation = evaluate_model(model, data, ExampleSource(frame, label))
    name = type(booster).__name__
    with new_version(out) as folder:
        write_artifacts(folder, data, evaluation, {}, f"booster: {name}\n", name)
    return newest_version(out)


def _model_and_rows(
    trees: FittedTrees, frame: pd.DataFrame, label: str, options: Mapping[str, Any]
) -> tuple[IntentModel, PreparedData]:
    """Put the trees where others have a network: their logit is that of its one member."""
    known = dict(zip(trees.columns, trees.categories, strict=True))
    categories = {name: [str(each) for each in ids] for name, ids in known.items() if ids is not None}
    check_columns(frame, [label, *trees.columns], None)
    given = {each for each in (label, options.get("weight")) if each}
    data = preprocess_data(
        frame,
        label,
        kinds={name: "category" if name in categories else "number" for name in trees.columns},
        excluded=dict.fromkeys(set(frame.columns) - known.keys() - given, "the booster does not know it"),
        derived={},
        categories=categories,
        normalise=False,
        **options,
    )
    preprocessor = data.preprocessor
    names = [*preprocessor.number_names, *preprocessor.category_names]
    # An id of 0 is a category that is unknown or missing.
    ids = {name: range(1, 1 + len(each)) for name, each in categories.items()}
    ensemble = TreeEnsemble(trees.reading(names, ids), name="trees")
    part = TreePart(ensemble, preprocessor.category_sizes, name="booster")
    return IntentModel(preprocessor, part, keras.layers.Reshape((1,), name="logit")), data
