"""From a raw table to rows that a model learns from: cleaned, split, and preprocessed once."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from intent_tf.columns.config import find_derived, with_tokenizer
from intent_tf.columns.identifiers import find_identifiers
from intent_tf.columns.inference import infer_specification
from intent_tf.columns.prediction_dates import split_times, tell_later_dates
from intent_tf.columns.prepared_parts import labels_and_weights, read_cells, rows_of_parts
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.rows import Rows
from intent_tf.columns.subword_preprocessor import SubwordPreprocessor
from intent_tf.columns.table_facts import tell_leaks, tell_odd_cells, tell_rows
from intent_tf.data.cleaning import CleaningCounts, clean, with_labels
from intent_tf.data.facts import Facts
from intent_tf.data.file_rules import FileRules
from intent_tf.data.labels import (
    is_graded,
    label_rule,
    read_labels,
    refuse_label_copies,
    tell_labels,
)
from intent_tf.data.predictions import Labels
from intent_tf.data.session_rules import SessionRules
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.splitting import PARTS, Split, SplitDescription, SplitPlan, split
from intent_tf.errors import InputError
from intent_tf.nearest import nearest

#: How messages name test rows that are given separately.
_TEST = "the test rows"
#: Share of the cells from which on it is told that they are unknown categories.
_MANY = 0.2


@dataclass(frozen=True)
class PreparedData:
    """What `preprocess_data` returns.

    Args:
        preprocessor: The preprocessor, adapted on the training rows.
        train: Rows that the model learns from.
        validation: Rows that stopping, calibration and threshold are chosen by.
        test: Rows that the model is evaluated on.
        cleaning: Counts of what cleaning changed.
        split: The method of the split, and the rows and purchases of each part.
        facts: What was found in the table and what became of it, to print.
    """

    preprocessor: Preprocessor
    train: Rows
    validation: Rows
    test: Rows
    cleaning: CleaningCounts
    split: SplitDescription
    facts: Facts = field(default_factory=Facts)

    def __str__(self) -> str:
        return self.facts.written()

    @property
    def specification(self) -> FeatureSpecification:
        """The feature specification."""
        return self.preprocessor.specification


def preprocess_data(
    frame: pd.DataFrame,
    label: str,
    *,
    kinds: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
    dates: Mapping[str, str] | None = None,
    now: str | None = None,
    drop: Sequence[str] = (),
    excluded: Mapping[str, str] | None = None,
    positive: str | Sequence[str] | None = None,
    weight: str | None = None,
    plan: SplitPlan | None = None,
    test: pd.DataFrame | None = None,
    seed: int = 0,
    file: object = None,
    file_rules: FileRules | None = None,
    facts: Facts | None = None,
    session: SessionRules | None = None,
    verbose: bool = True,
    **preprocessor_options: Any,
) -> PreparedData:
    """Clean a table, split it, infer its columns' kinds, and adapt a `Preprocessor` on the training rows.

    Args:
        frame: The example table, with one example in each row.
        label: Name of the label column.
        kinds: Kinds of columns known better than inferred.
        groups: Names of sequence groups, by a column of each.
        roles: Roles of sequence columns known better than inferred, such as ``{"page": "event_type"}``.
        dates: How dates are written, by column, such as ``{"ordered": "day-first"}``.
        now: The date column that tells the prediction time, to which the age of all other dates is told.
        drop: Columns that must not be features.
        excluded: Further columns that must not be features, each with the reason.
        positive: The label's value or values that count as a purchase, or a comparison of numbers, such as
            ``">0"``; found where it is plain. Other words must be plain ones for no, unless ``"=yes"`` says
            that all others count as none.
        weight: Column of positive sample weights; no feature.
        plan: The way of splitting and the shares of the parts. Default: 20 % test, 10 % of the rest
            validation, stratified.
        test: Test rows given separately.
        seed: Seed of the split.
        file: Where the table came from, for messages.
        file_rules: How its text file is written, for the specification.
        facts: What was told of the table before; more is added.
        session: How the event log was read that the examples were made from.
        verbose: Print the facts: rows, labels and columns, what became of them, and what looks wrong.
        **preprocessor_options: Further arguments of `Preprocessor`; training rows choose a tokenizer if none
            is given.

    Returns:
        The rows of the three parts with their features, and the preprocessor.

    Raises:
        InputError: If the table, the label or a column is not usable; the message says what and where.

    Example:
        >>> frame = pd.DataFrame({"pages": range(100), "bought": ["no", "yes"] * 50})
        >>> data = preprocess_data(frame, "bought", kinds={"pages": "number"})
        input
          rows: 100
          rows of train, validation, test: 72, 8, 20
          label 'no' is 0: 50
          label 'yes' is 1: 50
        feature specification
          column  kind    values
          pages   number  float
          bought  label   purchase = yes
    """
    plan, excluded, facts = plan or SplitPlan(), dict(excluded or {}), deepcopy(facts or Facts())
    check_columns(frame, (label, weight, plan.group, plan.time, plan.column), file)
    cleaned, counts = clean(frame, label, file=file)
    for name, reason in {
        weight: "sample weight",
        plan.group: "group of the split",
        plan.time: "time of the split",
        plan.column: "part of the split",
    }.items():
        if name is not None and name not in (kinds or {}):
            excluded.setdefault(name, reason)
    rule = label_rule(cleaned[label], label, positive, file=file)
    labels = read_labels(cleaned[label], label, *rule, file=file)
    graded = rule[0] is None and is_graded(cleaned[label])
    usable = [name for name in cleaned.columns if name not in (label, *excluded, *drop)]
    refuse_label_copies(cleaned, labels, usable, file=file)
    time, times = split_times(cleaned, plan.time, (dates or {}).get(plan.time or "", ""), file)
    given = test
    if given is not None:
        check_columns(given, (label,), _TEST)
        test = with_labels(given, label, file=_TEST)
    parts = split(
        cleaned,
        labels,
        plan,
        features=usable,
        seed=seed,
        file=file,
        test=test,
        test_label=None if test is None else read_labels(test[label], label, *rule, file=_TEST),
        times=times,
    )
    tell_rows(facts, counts, parts)
    if given is not None and test is not None and len(given) > len(test):
        facts.tell("test rows excluded: without a label", len(given) - len(test))
    tell_labels(facts, cleaned[label], labels)
    inferred = infer_specification(
        parts.train.drop(columns=list(excluded), errors="ignore"),
        label,
        kinds=kinds,
        groups=groups,
        roles={name: role for name, role in (roles or {}).items() if name not in excluded},
        dates={name: each for name, each in (dates or {}).items() if name not in excluded},
        now=None if now in excluded else now,
        # What already has a better reason to be excluded is not in the table any more.
        drop=[name for name in drop if name not in excluded],
        file=file,
    )
    specification = replace(
        inferred,
        positive=rule[0],
        negative=rule[1],
        excluded={**excluded, **inferred.excluded},
        file=file_rules,
        weight=weight,
        session=session,
    )
    files = dict.fromkeys(PARTS, file) | ({} if test is None else {"test": _TEST})
    tell_odd_cells(facts, parts.train, specification)
    with facts.taking_warnings():
        frames = {name: read_cells(getattr(parts, name), specification, files[name]) for name in PARTS}
    parts = Split(**frames, description=parts.description)
    doubtful = [each for each in specification.columns if each.name not in (kinds or {})]
    train_labels = Labels(*labels_and_weights(parts.train, label, rule, weight, file))
    identifiers = find_identifiers(doubtful, parts.train, parts.validation, train_labels, facts)
    specification = replace(
        specification,
        columns=tuple(each for each in specification.columns if each.name not in identifiers),
        excluded={**specification.excluded, **identifiers},
    )
    facts.columns = specification.describe()
    tell_later_dates(facts, parts.train, specification, time)
    options = with_tokenizer(preprocessor_options, parts.train, specification)
    if options.get("derived") is None:
        options["derived"] = find_derived(parts.train, specification, train_labels, seed)
        if options["derived"]:
            facts.tell("derived numbers that pay", ", ".join(options["derived"]))
    kind = SubwordPreprocessor if "subwords" in preprocessor_options else Preprocessor
    preprocessor = kind(specification, **options)
    with facts.taking_warnings():
        preprocessor.adapt(parts.train, file=file)
        rows = rows_of_parts(parts, preprocessor, label, rule, weight, files, graded=graded)
    for name, seen in preprocessor.specification.seen.items():
        if seen.unknown > _MANY:
            facts.warn(f"{seen.unknown:.0%} of the cells of {name!r} are categories too rare to learn from")
    tell_leaks(facts, rows["train"], specification, seed)
    if verbose:
        print(facts)
    return PreparedData(preprocessor, **rows, cleaning=counts, split=parts.description, facts=facts)


def check_columns(frame: pd.DataFrame, needed: Sequence[str | None], file: object) -> None:
    """Refuse a table whose column names are no text or not unique, or that lacks one that is needed."""
    names = [str(column) for column in frame.columns]
    for column in frame.columns:
        if not isinstance(column, str):
            raise InputError(
                f"the column name {column!r} is no text",
                file=file,
                expected="names that are text",
                remedy="rename the columns, such as by frame.columns = frame.columns.astype(str)",
            )
        if names.count(column) > 1:
            raise InputError("two columns have the same name", file=file, column=column)
    if needed[0] == "":
        raise InputError("the label column has no name", file=file, remedy="give it one")
    for name in needed:
        if name is not None and name not in names:
            message = f"no column {name!r}{nearest(name, names)}"
            raise InputError(message, file=file, expected=", ".join(names))
