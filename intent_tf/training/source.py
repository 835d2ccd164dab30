"""Where a run's examples come from (table, data set, event log, simulator), and how they are prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.csv_files import Rejected
from intent_tf.data.datasets import DATASETS
from intent_tf.data.event_examples import event_examples
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.splitting import SplitPlan
from intent_tf.data.tables import read_table
from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.source import SourceConfig
from intent_tf.simulator.optimum import optimal_probabilities
from intent_tf.simulator.simulator import simulate


def load_examples(
    config: SourceConfig, *, seed: int = 0, tell: Callable[[str], None] = lambda message: None
) -> tuple[ExampleSource, Rejected]:
    """Read or simulate the examples that a configuration names.

    Args:
        config: The source of the examples.
        seed: Seed of the simulator.
        tell: Function that takes a line about what is being done, for people.

    Returns:
        The examples, and rows of files that could not be read.

    Raises:
        InputError: If the source does not exist or is not usable.
    """
    rejected = Rejected(config.data or "")
    if config.dataset is not None:
        if config.dataset not in DATASETS:
            raise InputError(
                f"no data set {config.dataset!r}{nearest(config.dataset, DATASETS)}",
                expected=", ".join(DATASETS),
            )
        source = DATASETS[config.dataset].examples()
    elif config.data is not None:
        table = read_table(config.data)
        rejected = table.rejected
        if table.encoding != "utf-8":
            tell(f"{config.data} is not UTF-8; read as {table.encoding.upper()}")
        if rejected.rows:
            tell(f"{len(rejected.rows)} rows of {config.data} cannot be read and are rejected")
        assert config.label is not None
        counts = {"rows_set_aside": len(rejected.rows)}
        source = ExampleSource(table.frame, config.label, counts=counts)
    elif config.events is not None:
        source = event_examples(config.events, config.columns, memory_rows=config.memory_rows, seed=seed)
        if source.stream:
            tell(
                f"{source.counts['examples']:,} examples: {len(source.frame):,} in memory, the rest streamed"
            )
    else:
        tell(f"no data given: simulating a shop with {config.sessions:,} sessions")
        source = _simulated(config.sessions, seed)
    return replace(source, **_overrides(config, source)), rejected


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
        kinds=examples.kinds,
        drop=config.drop,
        excluded=examples.excluded,
        positive=examples.positive,
        weight=examples.weight,
        plan=examples.plan,
        seed=seed,
        file=config.data,
        **options,
    )


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
    changes: dict[str, Any] = {"kinds": {**source.kinds, **config.kinds}}
    if config.positive is not None:
        changes["positive"] = config.positive
    if config.weight is not None:
        changes["weight"] = config.weight
    if config.time is not None or config.group is not None:
        changes["plan"] = SplitPlan(
            config.test_fraction, config.validation_fraction, config.group, config.time
        )
    elif source.plan.column is None:
        changes["plan"] = replace(
            source.plan, test_fraction=config.test_fraction, validation_fraction=config.validation_fraction
        )
    return changes
