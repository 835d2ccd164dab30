"""What both ways of `predict` ask of a table before they score it, and tell of it afterwards."""

import sys

from intent_tf.columns.input_facts import InputFacts
from intent_tf.columns.raw_columns import require_columns
from intent_tf.data.facts import Facts
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.tables import TableFile
from intent_tf.errors import InputError
from intent_tf.options.predict import PredictConfig


def check_scorable(source: TableFile, specification: FeatureSpecification, config: PredictConfig) -> None:
    """Refuse a table that lacks columns of the model, or has one of the name that the new one gets.

    Raises:
        InputError: If it is such.
    """
    if config.name in source.columns:
        raise InputError(
            "the table has a column of this name, which would be lost",
            file=source.name,
            column=config.name,
            remedy="name the new column otherwise: --name COLUMN",
        )
    require_columns(source.columns, specification, file=source.name)


def tell_scored(
    facts: Facts, counted: InputFacts, source: TableFile, seconds: float, config: PredictConfig
) -> int:
    """Print what was found of the table, how fast it was scored and, as the last line, where it is.

    Returns:
        Rows written.
    """
    counted.tell(facts, source.columns)
    rows = counted.counts.rows
    if config.quiet:
        print("".join(f"! {warning}\n" for warning in facts.warnings), end="", file=sys.stderr)
    else:
        print(facts.written())
        print(f"{rows:,} rows in {seconds:.1f} s: {rows / seconds:,.0f} rows/s")
    print(config.out)
    return rows
