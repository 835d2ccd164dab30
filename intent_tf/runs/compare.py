"""`python -m intent_tf.compare --dataset NAME`: our model and its rivals on the same folds, in one table."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from intent_tf.columns.config import preprocessor_options
from intent_tf.columns.prepared import PreparedData
from intent_tf.data.cleaning import clean, row_fingerprints
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.labels import find_positive, read_labels
from intent_tf.data.splitting import SplitPlan
from intent_tf.evaluation.compared_models import choose_models, fit_models
from intent_tf.evaluation.comparison import Trial, summarise
from intent_tf.evaluation.comparison_page import comparison_table, write_comparison
from intent_tf.evaluation.folds import fold_parts
from intent_tf.options.command_line import to_yaml
from intent_tf.options.compare import CompareConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.source import load_examples, preprocess_source

_PART = "part of the fold"


def compare_models(
    source: SourceConfig, preprocessing: PreprocessingConfig, training: TrainingConfig, config: CompareConfig
) -> dict[str, Any]:
    """Train and measure every model on every fold, print one table and write it.

    Args:
        source: Where the examples come from.
        preprocessing: How raw columns become features; the rivals get them too.
        training: Options of our model.
        config: Folds, seeds, models.

    Returns:
        What was written to ``comparison.json``; see `intent_tf.evaluation.comparison.summarise`.

    Raises:
        InputError: If the input is not usable.
        MissingExtraError: If a booster's package is not installed.
    """
    examples, _ = load_examples(source, seed=config.seed, tell=print)
    folds = examples.folds if config.folds is None else config.folds
    name = source.dataset or Path(source.data or source.events or "simulated_shop").name.split(".")[0]
    folder = Path(config.out or f"comparisons/{name}")
    facts = f"folds: {folds}\nseed: {config.seed}\nrows: {row_fingerprints(examples.frame).sum()}\n"
    store = _store(folder, to_yaml(source, preprocessing, training) + facts)
    trials: list[Trial] = []
    with tqdm(desc=f"comparing on {name}", unit="fit", total=None) as bar:
        for fold, data in enumerate(_folds(examples, source, preprocessing, folds, config.seed)):
            names = choose_models(config.models, data)
            bar.total = len(names) * folds * config.seeds
            for seed in range(config.seed, config.seed + config.seeds):
                probabilities, seconds = fit_models(
                    names, data, training, seed, store / f"{fold}-{seed}", lambda _: bar.update()
                )
                trials.append(
                    Trial(fold, seed, data.test.label, probabilities, seconds, *_parts(examples, data))
                )
    comparison = {
        "data": name,
        "rows": sum(len(trial.label) for trial in trials) // config.seeds,
        "folds": folds,
        "seeds": config.seeds,
        "dropped": list(source.drop),
        **summarise(trials),
    }
    print(comparison_table(comparison))
    write_comparison(folder, comparison)
    print(folder / "comparison.html")
    return comparison


def _folds(
    examples: ExampleSource, source: SourceConfig, preprocessing: PreprocessingConfig, folds: int, seed: int
) -> Iterator[PreparedData]:
    """Preprocess each fold anew: vocabularies and scores are learnt from its own training rows."""
    plan, options = examples.plan, preprocessor_options(preprocessing, examples)
    if folds == 1:
        yield preprocess_source(examples, source, seed=seed, **options)
        return
    frame, _ = clean(examples.frame, examples.label, file=source.data)
    positive = examples.positive or find_positive(frame[examples.label], examples.label, file=source.data)
    label = read_labels(frame[examples.label], examples.label, positive, file=source.data)
    groups = None if plan.group is None else frame[plan.group].to_numpy()
    for part in fold_parts(
        label, folds, groups=groups, validation_fraction=plan.validation_fraction, seed=seed
    ):
        by_part = SplitPlan(group=plan.group, column=_PART)
        cut = replace(examples, frame=frame.assign(**{_PART: part}), plan=by_part)
        yield preprocess_source(cut, source, seed=seed, **options)


def _store(folder: Path, configuration: str) -> Path:
    """Make the folder of finished fits; those of other data or options are removed."""
    store = folder / "fits"
    written = store / "config.yaml"
    if not written.is_file() or written.read_text() != configuration:
        shutil.rmtree(store, ignore_errors=True)
        store.mkdir(parents=True)
        written.write_text(configuration)
    return store


def _parts(examples: ExampleSource, data: PreparedData) -> tuple[np.ndarray | None, np.ndarray | None]:
    frame = data.test.frame
    slices = None if examples.slice_by is None else frame[examples.slice_by].to_numpy(dtype=object)
    return slices, None if examples.plan.group is None else frame[examples.plan.group].to_numpy()
