"""What is told of a table while it is prepared, and what looks wrong."""

import numpy as np
import pandas as pd

from intent_tf.columns.leaks import find_leaks
from intent_tf.columns.rows import Rows
from intent_tf.data.cleaning import CleaningCounts
from intent_tf.data.facts import Facts
from intent_tf.data.predictions import Labels
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.splitting import PARTS, Split
from intent_tf.options.lists import write_list

#: AUROC from which on a column alone is nearly a copy of the label, and the rows that tell.
_NEARLY, _SAMPLE = 0.99, 20_000


def tell_odd_cells(facts: Facts, train: pd.DataFrame, specification: FeatureSpecification) -> None:
    """Tell how many training cells of numbers or dates are none, and so missing."""
    for column in specification.columns:
        if column.missing:
            counts = train[column.name].astype(str).str.strip().str.removesuffix(".0").value_counts()
            odd = [f"{cell!r} {counts.get(cell.removesuffix('.0'), 0):,}" for cell in column.missing]
            facts.tell(f"cells of {column.name} that are no {column.kind}s, and missing", ", ".join(odd))


def tell_leaks(facts: Facts, train: Rows, specification: FeatureSpecification, seed: int) -> None:
    """Warn of columns that are nearly a copy of the label, as some of the training rows show."""
    sample = np.sort(np.random.default_rng(seed).permutation(len(train))[:_SAMPLE])
    labels = Labels(train.label[sample], train.weight[sample])
    if min(labels.effective_sizes) < 5:
        return
    kinds = {column.name: column.kind for column in specification.columns}
    for leak in find_leaks(train.frame.iloc[sample], labels, kinds, _NEARLY, seed):
        facts.warn(
            f"{leak.column!r} alone nearly tells the label (AUROC {leak.auroc:.4f} on training rows): unless "
            f"it is known before the purchase, --drop {write_list([leak.column])}"
        )


def tell_rows(facts: Facts, cleaning: CleaningCounts, parts: Split) -> None:
    """Tell how many rows each part has, and why others are in none."""
    split, kin = parts.description, parts.description.group or "equal row"
    cleaning.tell(facts)
    for reason, count in {
        f"{kin} comes again in a later part": split.set_aside_because_group_returns_later,
        f"{kin} is in the test rows": split.set_aside_because_group_is_in_test_rows,
    }.items():
        if count:
            facts.tell(f"rows excluded: their {reason}", count)
    sizes = (f"{len(getattr(parts, name)):,}" for name in PARTS)
    facts.tell(f"rows of {', '.join(PARTS)}", ", ".join(sizes))
