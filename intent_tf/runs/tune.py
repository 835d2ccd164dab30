"""What `tune` does: it searches for better options, and reads no test row."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from intent_tf.columns.config import preprocessor_options
from intent_tf.columns.prepared import PreparedData
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.output_folder import OutputFolder
from intent_tf.data.splitting import SplitPlan
from intent_tf.evaluation.folds import fold_parts
from intent_tf.evaluation.search_page import write_search
from intent_tf.options.command_line import to_yaml
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.options.tune import TuneConfig
from intent_tf.training.source import load_examples, preprocess_source
from intent_tf.training.tuning import tune, validation_loss
from intent_tf.training.working_folder import WorkingFolder, state_of_0_1

_PART = "part of the fold"
_RESULTS = ("best.yaml", "trials.csv", "trials.html")
_STATE = ("config.yaml", "search/oracle.json", "search/tuner*.json", "search/trial_*/*.json")


def tune_options(
    source: SourceConfig, preprocessing: PreprocessingConfig, training: TrainingConfig, config: TuneConfig
) -> TrainingConfig:
    """Search, compare the best options with those given, print both and write the better ones.

    Returns:
        The options with the lower mean validation log loss over the seeds.

    Raises:
        InputError: If the input is not usable.
        MissingExtraError: If KerasTuner is not installed.
    """
    out = Path(config.out)
    earlier = state_of_0_1(out, (*_RESULTS, *_STATE))
    target = OutputFolder(out, "tune", _RESULTS, state=_STATE, overwrite=config.overwrite, earlier=earlier)
    working = WorkingFolder(target, to_yaml(source, preprocessing, training, config), config.resume)
    examples = load_examples(source, seed=config.seed, tell=print)
    folds = _folds(examples, source, preprocessing, config)
    working.begin()
    with tqdm(desc="searching", unit="trial", total=config.trials) as bar:

        def done(trial: dict[str, Any]) -> None:
            bar.update()
            bar.set_postfix(val_log_loss=trial["val_log_loss"])

        trials = tune(
            folds,
            training,
            working.path,
            search=config.search,
            trials=config.trials,
            seed=config.seed,
            done=done,
        )
    seeds = range(config.seed, config.seed + config.seeds)
    candidates = {"given": training, "best of the search": _chosen(trials[0], training)}
    losses = {
        name: [validation_loss(folds, options, seed) for seed in seeds]
        for name, options in tqdm(candidates.items(), desc="comparing over seeds")
    }
    best = min(losses, key=lambda name: float(np.mean(losses[name])))
    with target.written() as folder:
        write_search(folder, trials, losses)
        (folder / "best.yaml").write_text(to_yaml(source, preprocessing, candidates[best]), encoding="utf-8")
    for name, values in losses.items():
        spread = f" ± {np.std(values, ddof=1):.4f}" if len(values) > 1 else ""
        print(f"{name}: validation log loss {np.mean(values):.4f}{spread} ({len(values)} seeds)")
    print(f"python -m intent_tf.train --config {out / 'best.yaml'}  # {best}")
    return candidates[best]


def _chosen(trial: dict[str, Any], training: TrainingConfig) -> TrainingConfig:
    values = {name: value for name, value in trial.items() if name not in ("trial", "val_log_loss", "epochs")}
    if "kernel_sizes" in values:
        values["kernel_sizes"] = tuple(int(size) for size in values["kernel_sizes"].split(","))
    return replace(training, **values)


def _folds(
    examples: ExampleSource, source: SourceConfig, preprocessing: PreprocessingConfig, config: TuneConfig
) -> list[PreparedData]:
    """Prepare the rows that are not tested: as they are split, or cut into folds."""
    options = preprocessor_options(preprocessing, examples)
    data = preprocess_source(examples, source, seed=config.seed, **options)
    print(f"{data.facts}\n")
    if config.folds == 1:
        return [data]
    frame = pd.concat([data.train.frame, data.validation.frame], ignore_index=True)
    label = np.concatenate([data.train.label, data.validation.label])
    groups = None if examples.plan.group is None else frame[examples.plan.group].to_numpy()
    folds = []
    for part in fold_parts(label, config.folds, groups=groups, seed=config.seed):
        # Each fold's tested rows are the ones that its trainings are judged by.
        swapped = np.where(part == "test", "validation", np.where(part == "validation", "test", part))
        plan = SplitPlan(group=examples.plan.group, column=_PART, column_is_random=True)
        cut = replace(examples, frame=frame.assign(**{_PART: swapped}), test=None, plan=plan)
        folds.append(preprocess_source(cut, source, seed=config.seed, **options))
    return folds
