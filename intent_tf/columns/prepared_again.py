"""New rows for a model that is trained again: prepared by what it has learnt of its columns."""

from copy import deepcopy
from dataclasses import replace

from intent_tf.columns.input_facts import InputFacts
from intent_tf.columns.prediction_dates import split_times
from intent_tf.columns.prepared import PreparedData, check_columns
from intent_tf.columns.prepared_parts import read_cells, rows_of_parts
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import raw_columns, require_columns
from intent_tf.columns.table_facts import tell_rows
from intent_tf.data.cleaning import clean, with_labels
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.labels import is_graded, read_labels, tell_labels
from intent_tf.data.splitting import PARTS, Split, split
from intent_tf.errors import InputError


def preprocess_again(
    examples: ExampleSource,
    preprocessor: Preprocessor,
    *,
    graded: bool,
    seed: int = 0,
    file: object = None,
) -> PreparedData:
    """Clean, split and preprocess new rows by a preprocessor that other rows taught.

    Its columns, vocabularies and normal scores stay, so that ids mean what they meant: a category that it
    does not know stays unknown. Only how much is missing or unknown, which later rows are held against, is
    counted anew.

    Args:
        examples: The new rows, and how they are split; labels and weights are read as in the first training.
        preprocessor: Adapted; its specification gets the new counts.
        graded: Whether the model learnt from graded labels.
        seed: Seed of the split.
        file: Where the rows came from, for messages.

    Raises:
        InputError: If a column is missing, or a value does not fit its kind.
    """
    specification, plan, facts = preprocessor.specification, examples.plan, deepcopy(examples.facts)
    label, weight = specification.label, specification.weight
    check_columns(examples.frame, (label, plan.group, plan.time, plan.column), file)
    require_columns(list(examples.frame.columns), specification, file=file)
    cleaned, counts = clean(examples.frame, label, file=file)
    rule = specification.positive, specification.negative
    labels = read_labels(cleaned[label], label, *rule, file=file)
    if graded != (rule[0] is None and is_graded(cleaned[label])):
        found = "are not graded" if graded else "are graded"
        raise InputError(f"the labels {found}, other than in the first training", file=file, column=label)
    test = None if examples.test is None else with_labels(examples.test, label, file=file)
    parts = split(
        cleaned,
        labels,
        plan,
        features=[column.name for column in specification.columns],
        seed=seed,
        file=file,
        test=test,
        test_label=None if test is None else read_labels(test[label], label, *rule, file=file),
        times=split_times(cleaned, plan.time, "", file)[1],
    )
    tell_rows(facts, counts, parts)
    tell_labels(facts, cleaned[label], labels)
    counted = InputFacts(specification)
    with facts.taking_warnings():
        raw = raw_columns(parts.train, specification, file=file)
        counted.add_rows(raw, parts.train.index)
        frames = {name: read_cells(getattr(parts, name), specification, file) for name in PARTS}
        read = Split(**frames, description=parts.description)
        files = dict.fromkeys(PARTS, file)
        rows = rows_of_parts(read, preprocessor, label, rule, weight, files, graded=graded)
    counted.tell(facts, ())
    categories, anew = preprocessor.encoders.get("category"), InputFacts(specification)
    anew.add_columns(raw, categories)
    preprocessor.specification = replace(specification, seen=anew.seen(categories))
    return PreparedData(preprocessor, **rows, cleaning=counts, split=parts.description, facts=facts)
