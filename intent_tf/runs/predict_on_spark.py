"""What `predict --engine spark` does: it adds the probability to every row of Parquet files, on a cluster."""

import time
from pathlib import Path

from intent_tf.columns.input_facts import InputFacts
from intent_tf.data.adapters import example_table
from intent_tf.data.facts import Facts
from intent_tf.data.output_folder import OutputFolder, refuse_inside
from intent_tf.data.tables import TableFile
from intent_tf.errors import InputError
from intent_tf.options.predict import PredictConfig
from intent_tf.runs.scored_table import check_scorable, tell_scored
from intent_tf.serving.loading import find_version
from intent_tf.serving.spark_scores import spark_scores
from intent_tf.serving.trained_model import open_saved_model


def predict_on_spark(model_path: str | Path, config: PredictConfig) -> int:
    """Score Parquet files into a folder, which appears, or takes an earlier one's place, when it is complete.

    Returns:
        Rows written.

    Raises:
        InputError: If the model is no version folder, the data are no Parquet files, or they cannot be
            scored; what an earlier run wrote stays.
    """
    model = find_version(model_path).resolve()
    refuse_inside(config.out, config.data)
    out = OutputFolder(config.out, "predict", ("*.parquet",), option=None)
    served, _ = open_saved_model(model, trust=config.trust)
    counted, facts = InputFacts(served.specification), Facts()
    started = time.perf_counter()
    with example_table(config.data, "", config) as data:
        source = TableFile(data, name=config.data)
        if source.format != "parquet":
            raise InputError(
                f"a .{source.format} file, and Spark reads the columns' types from the file",
                file=config.data,
                expected="a .parquet file, or a folder of them",
            )
        check_scorable(source, served.specification, config)
        with out.written() as folder:
            counts = spark_scores(
                model,
                Path(data).resolve(),
                folder,
                name=config.name,
                master=config.spark_master,
                batch_size=config.batch_size,
            )
            if not counts.rows:
                raise InputError("the table has no rows", file=config.data, expected="at least one")
    counted.counts.add(counts)
    facts.tell("file", config.data)
    facts.tell("rows", counts.rows)
    return tell_scored(facts, counted, source, time.perf_counter() - started, config)
