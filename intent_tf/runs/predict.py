"""What `predict` does: it adds the probability to every row of a table."""

import time
from pathlib import Path

import pyarrow as pa
from tqdm import tqdm

from intent_tf.columns.input_facts import InputFacts
from intent_tf.data.adapters import example_table
from intent_tf.data.facts import Facts
from intent_tf.data.output_folder import check_output_file, output_file, refuse_inside
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.table_writer import TableWriter, with_column
from intent_tf.data.tables import TableFile, table_format
from intent_tf.options.predict import PredictConfig
from intent_tf.runs.predict_on_spark import predict_on_spark
from intent_tf.runs.scored_table import check_scorable, tell_scored
from intent_tf.serving.chunk_scores import ROWS, scored_chunks
from intent_tf.serving.client import Client
from intent_tf.serving.trained_model import Scorer, open_model


def predict_file(model_path: str | Path, config: PredictConfig) -> int:
    """Score a table chunk by chunk, in memory that does not grow with the table.

    What the model does not read is passed on as it is: types of Parquet columns, cells of CSV files.

    Returns:
        Rows written. Rows that cannot be read are written to ``<out>.rejected.csv``.

    Raises:
        InputError: If a file, a column or a value is not usable; no half-written file stays.
    """
    if config.engine == "spark":
        return predict_on_spark(model_path, config)
    out = Path(config.out)
    rejected_file = out.with_name(out.name + ".rejected.csv")
    for written in (out, rejected_file):
        check_output_file(written, config.data or config.events, model_path)
    table_format(out)
    refuse_inside(out, config.data)
    scorer, specification = _opened(model_path, config)
    with example_table(
        config.data,
        config.events,
        config,
        learnt=specification.session,
        rejected=rejected_file,
        quiet=config.quiet,
    ) as data:
        name = config.data or config.events
        source = TableFile(data, specification.file, encoding=config.encoding, name=name)
        return _predict_table(source, scorer, specification, config)


def _predict_table(
    source: TableFile, scorer: Scorer, specification: FeatureSpecification, config: PredictConfig
) -> int:
    out = Path(config.out)
    rejected_file = out.with_name(out.name + ".rejected.csv")
    check_scorable(source, specification, config)
    counted, facts = InputFacts(specification), Facts()
    schema = source.schema.append(pa.field(config.name, pa.float32()))
    started = time.perf_counter()
    with (
        output_file(out) as partial,
        TableWriter(partial, schema) as writer,
        facts.taking_warnings(),
        tqdm(total=source.rows, unit=" rows", disable=config.quiet, desc="predicting") as bar,
    ):
        chunks = source.chunks(ROWS)
        scored = scored_chunks(chunks, scorer, specification, batch_size=config.batch_size, file=source.name)
        for chunk, columns, probability in scored:
            counted.add_rows(columns, chunk.numbers)
            writer.write(with_column(chunk.rows, config.name, probability))
            bar.update(len(probability))
    seconds = time.perf_counter() - started
    source.tell(facts)
    if source.rejected.rows:
        source.rejected.write(rejected_file)
        facts.tell("rejected rows are in", rejected_file)
    return tell_scored(facts, counted, source, seconds, config)


def _opened(model_path: str | Path, config: PredictConfig) -> tuple[Scorer, FeatureSpecification]:
    if "://" in str(model_path):
        client = Client(str(model_path))
        return client, client.specification
    model = open_model(model_path, trust=config.trust)
    return model.scorer, model.specification
