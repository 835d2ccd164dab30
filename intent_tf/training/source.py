"""Where a run's examples come from (table, data set, event log, simulator), and how they are prepared."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.adapters import as_learnt, opened_log
from intent_tf.data.datasets import DATASETS
from intent_tf.data.event_examples import event_examples
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.examples import Prepared
from intent_tf.data.facts import Facts
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.splitting import SplitPlan
from intent_tf.data.tables import read_table
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.source import SourceConfig
from intent_tf.simulator.optimum import optimal_probabilities
from intent_tf.simulator.simulator import simulate


def load_examples(
    config: SourceConfig,
    *,
    seed: int = 0,
    tell: Callable[[str], None] = lambda message: None,
    rejected: str | Path | None = None,
    learnt: FeatureSpecification | None = None,
) -> ExampleSource:
    """Read or simulate the examples that a configuration names.

    Args:
        config: The source of the examples.
        seed: Seed of the simulator.
        tell: Function that takes a line about what is being done, for people.
        rejected: File for the rows that could not be read, if there are any.
        learnt: What a model that is trained again knows of its columns, by which files and logs are read; the
            latest rows are then tested, unless the configuration says otherwise.

    Raises:
        InputError: If the source does not exist or is not usable.
    """
    if config.dataset is not None:
        if config.dataset not in DATASETS:
            raise InputError(
                f"no data set {config.dataset!r}{nearest(config.dataset, DATASETS)}",
                expected=", ".join(DATASETS),
            )
        source = DATASETS[config.dataset].examples()
    elif config.data is not None:
        rules = learnt.file if learnt else None
        table, facts = read_table(config.data, rules, encoding=config.encoding), Facts()
        table.file.tell(facts)
        label = learnt.label if learnt else config.label
        assert label is not None
        counts = {"rows_set_aside": len(table.file.rejected.rows)}
        source = ExampleSource(table.frame, label, counts=counts, file=table.file.rules, facts=facts)
        if rejected is not None and table.file.rejected.rows:
            table.file.rejected.write(rejected)
            source = replace(source, rejected=Path(rejected))
    elif config.events is not None:
        source = _of_log(config.events, config, seed, rejected, learnt)
        if source.stream:
            tell(
                f"{source.counts['examples']:,} examples: {len(source.frame):,} in memory, the rest streamed"
            )
    else:
        tell(f"no data given: simulating a shop with {config.sessions:,} sessions")
        source = _simulated(config.sessions, seed)
    source = replace(source, **_overrides(config, source))
    if learnt and not source.stream and not {config.time, config.group, config.test_data} - {None}:
        source = replace(source, plan=_newest_tested(source, tell))
    if config.test_data is not None:
        source = replace(source, test=read_further_table(config.test_data, source, tell), folds=1)
    return source


def read_further_table(path: str, examples: ExampleSource, tell: Callable[[str], None]) -> pd.DataFrame:
    """Read another table, by the rules of the first.

    Args:
        path: The table.
        examples: The first table.
        tell: Function that takes what was found, for people.

    Raises:
        InputError: If the table does not exist or is not usable.
    """
    table, facts = read_table(path, examples.file), Facts()
    table.file.tell(facts)
    tell(facts.written())
    return table.frame


def _of_log(
    log: str,
    config: SourceConfig,
    seed: int,
    rejected: str | Path | None,
    learnt: FeatureSpecification | None,
) -> ExampleSource:
    """Read a folder of examples, or prepare those of a log."""
    if Prepared.is_at(log):
        return event_examples(log, memory_rows=config.memory_rows, seed=seed)
    with opened_log(log, config) as (files, log_format):
        session, label = (learnt.session, learnt.label) if learnt else (None, "")
        log_format, definition = as_learnt(log_format, session, label)
        source = event_examples(
            files, log_format, definition, memory_rows=config.memory_rows, seed=seed, rejected=rejected
        )
    if not source.counts["positives"]:
        raise InputError(
            "no example is positive: no event of a session comes before a purchase\n"
            + source.facts.written(),
            file=log,
            remedy="say which event types mean purchases, such as --event-types transaction=purchase",
        )
    return source


def preprocess_source(
    examples: ExampleSource, config: SourceConfig, *, seed: int, **options: Any
) -> PreparedData:
    """Clean, split and preprocess the examples of a source, by the plan that they carry.

    Args:
        examples: The examples.
        config: Where they come from; names columns to drop, and the file for errors.
        seed: Seed of the split.
        **options: Further arguments of `preprocess_data`.
    """
    return preprocess_data(
        examples.frame,
        examples.label,
        test=examples.test,
        kinds=examples.kinds,
        groups=examples.groups,
        roles=config.roles,
        dates=config.dates,
        now=config.now,
        drop=config.drop,
        excluded=examples.excluded,
        positive=examples.positive,
        weight=examples.weight,
        plan=examples.plan,
        seed=seed,
        file=config.data,
        file_rules=examples.file,
        facts=examples.facts,
        session=examples.session,
        verbose=False,
        **options,
    )


def _newest_tested(source: ExampleSource, tell: Callable[[str], None]) -> SplitPlan:
    if "prediction_time" in source.frame.columns:
        return replace(source.plan, time="prediction_time")
    tell("note: --time COLUMN would say which rows are the newest; a random share of all rows is tested")
    return source.plan


def _simulated(sessions: int, seed: int) -> ExampleSource:
    log = simulate(sessions, seed)
    source = event_examples(log, {})
    optimum = optimal_probabilities(source.frame, log)
    return replace(
        source,
        frame=source.frame.assign(optimum=optimum),
        excluded={**source.excluded, "optimum": "the best probability that any model can know"},
        optimum="optimum",
    )


def _overrides(config: SourceConfig, source: ExampleSource) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "kinds": {**source.kinds, **config.kinds},
        "groups": {**source.groups, **config.groups},
    }
    for name in ("positive", "weight"):
        if given := getattr(config, name):
            changes[name] = given
    if config.time is not None or config.group is not None:
        changes["plan"] = SplitPlan(
            config.test_fraction, config.validation_fraction, config.group, config.time
        )
        changes["folds"] = source.folds if config.time is None else 1
    elif source.plan.column is None:
        changes["plan"] = replace(
            source.plan, test_fraction=config.test_fraction, validation_fraction=config.validation_fraction
        )
    return changes
