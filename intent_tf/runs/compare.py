"""What `compare` does: our model and its rivals on the same folds, in one table."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from intent_tf.columns.config import preprocessor_options
from intent_tf.columns.prepared import PreparedData, check_columns
from intent_tf.data.cleaning import clean, row_fingerprints
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.labels import label_rule, read_labels
from intent_tf.data.output_folder import OutputFolder
from intent_tf.data.predictions import Labels
from intent_tf.data.splitting import SplitPlan
from intent_tf.errors import InputError
from intent_tf.evaluation.compared_models import choose_models, fit_models
from intent_tf.evaluation.comparison import Comparison, Trial, summarise
from intent_tf.evaluation.comparison_page import comparison_table, write_comparison
from intent_tf.evaluation.folds import fold_parts
from intent_tf.options.command_line import to_yaml
from intent_tf.options.compare import CompareConfig
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.source import load_examples, preprocess_source

_PART = "part of the fold"
_RESULTS = ("comparison.json", "comparison.html")
_STATE = ("fits/config.yaml", "fits/*/*.npz")
_FACTS = "kept: predictions of validation and test rows\n"


def compare_models(
    source: SourceConfig, preprocessing: PreprocessingConfig, training: TrainingConfig, config: CompareConfig
) -> Comparison:
    """Train and measure every model on every fold, print one table and write it.

    Returns:
        What was written to ``comparison.json``.

    Raises:
        InputError: If the input is not usable.
        MissingExtraError: If a booster's package is not installed.
    """
    name = source.dataset or Path(source.data or source.events or "simulated_shop").name.split(".")[0]
    out = Path(config.out or f"comparisons/{name}")
    target = OutputFolder(
        out, "compare", _RESULTS, state=_STATE, overwrite=config.overwrite, earlier=_files_of_0_1(out)
    )
    examples = load_examples(source, seed=config.seed, tell=print)
    folds = examples.folds if config.folds is None else config.folds
    tables = [examples.frame] if examples.test is None else [examples.frame, examples.test]
    rows = sum(int(row_fingerprints(table).sum()) for table in tables)
    facts = f"folds: {folds}\nseed: {config.seed}\nrows: {rows}\n"
    configuration = to_yaml(source, preprocessing, training) + facts + _FACTS
    trials: list[Trial] = []
    with tqdm(desc=f"comparing on {name}", unit="fit", total=None) as bar:
        for fold, data in enumerate(_folds(examples, source, preprocessing, folds, config.seed)):
            names = choose_models(config.models, data)
            if not fold:
                print(f"{data.facts}\n")
            bar.total = len(names) * folds * config.seeds
            store = _store(target, configuration)
            for seed in range(config.seed, config.seed + config.seeds):
                fitted = fit_models(
                    names, data, training, seed, store / f"{fold}-{seed}", lambda _: bar.update()
                )
                parts = _parts(examples, data)
                labels = Labels(data.test.label, data.test.weight)
                trials.append(Trial(fold, seed, labels, *fitted, *parts))
    comparison = summarise(trials, name, source.drop)
    print(comparison_table(comparison))
    with target.written() as folder:
        write_comparison(folder, comparison)
    print(out / "comparison.html")
    return comparison


def _folds(
    examples: ExampleSource, source: SourceConfig, preprocessing: PreprocessingConfig, folds: int, seed: int
) -> Iterator[PreparedData]:
    """Preprocess each fold anew: vocabularies and scores are learnt from its own training rows."""
    plan, options = examples.plan, preprocessor_options(preprocessing, examples)
    if folds == 1:
        yield preprocess_source(examples, source, seed=seed, **options)
        return
    if examples.test is not None or plan.time is not None:
        option = "--time" if examples.test is None else "--test-data"
        raise InputError(
            f"{folds} folds, where {option} says which rows are tested",
            remedy=f"leave --folds or {option} out",
        )
    check_columns(examples.frame, (examples.label, plan.group), source.data)
    frame, counts = clean(examples.frame, examples.label, file=source.data)
    counts.tell(examples.facts)
    given = frame[examples.label], examples.label
    rule = label_rule(*given, examples.positive, file=source.data)
    label = read_labels(*given, *rule, file=source.data)
    groups = None if plan.group is None else frame[plan.group].to_numpy()
    for part in fold_parts(
        label, folds, groups=groups, validation_fraction=plan.validation_fraction, seed=seed
    ):
        by_part = SplitPlan(group=plan.group, column=_PART, column_is_random=True)
        cut = replace(examples, frame=frame.assign(**{_PART: part}), plan=by_part)
        yield preprocess_source(cut, source, seed=seed, **options)


def _store(target: OutputFolder, configuration: str) -> Path:
    """Make the folder of finished fits; those of other data or options are removed."""
    store = target.path / "fits"
    written = store / "config.yaml"
    if not written.is_file() or written.read_text() != configuration:
        target.begin()
        store.mkdir(exist_ok=True)
        written.write_text(configuration)
    return store


def _files_of_0_1(folder: Path) -> tuple[str, ...]:
    written = folder / "fits" / "config.yaml"
    known = written.is_file() and written.read_text(errors="replace").endswith(_FACTS)
    return (*_RESULTS, *_STATE) if known else ()


def _parts(examples: ExampleSource, data: PreparedData) -> tuple[np.ndarray | None, np.ndarray | None]:
    frame = data.test.frame
    slices = None if examples.slice_by is None else frame[examples.slice_by].to_numpy(dtype=object)
    return slices, None if examples.plan.group is None else frame[examples.plan.group].to_numpy()
