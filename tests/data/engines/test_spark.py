"""Spark makes the same rows as DuckDB, byte for byte."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from intent_tf.data.engines.spark import SparkEngine
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.simulator.simulator import simulate

pytestmark = pytest.mark.guard
if importlib.util.find_spec("pyspark") is None:
    pytest.skip("needs pyspark: pip install 'intent_tf[spark]'", allow_module_level=True)
if shutil.which("java") is None:
    pytest.skip("needs a Java runtime (17 or later) for Spark", allow_module_level=True)


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    """An engine on a session of Spark that all tests share, since starting one takes long."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.memory": "1g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # Plans for tiny data: neither replanned nor compiled.
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    builder = SparkSession.builder.master("local[1]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield SparkEngine()
    session.stop()


def log() -> pd.DataFrame:
    """Simulated sessions, and what real logs have besides: ties, double fires, rows of no use."""
    simulated = simulate(60, seed=3)
    again = simulated.sample(40, random_state=0)
    tied = simulated.sample(40, random_state=1).assign(event_type="purchase", text="红帽 \"x\" \\d 'y' 🧢")
    broken = simulated.head(4).assign(user_id="", price=-1.0)
    return pd.concat([simulated, again, tied, broken], ignore_index=True).sample(frac=1, random_state=2)


def write(events: pd.DataFrame, path: Path) -> None:
    """Write a log as text, with times and prices of all kinds and a last row that is cut short."""
    times = events["timestamp"].dt.strftime("%Y-%m-%d %H:%M:%S UTC")
    times.iloc[:6] = [
        "2024-01-01T10:00:00.25+08:00",
        "1704067200",
        "1704067200123",
        "tomorrow",
        "2024-01-01",
        "",
    ]
    events = events.assign(timestamp=times, price=events["price"].astype(str))
    events.iloc[7:10, events.columns.get_loc("price")] = ["cheap", "1e999", ".5"]
    if path.suffix == ".csv":
        events.to_csv(path, index=False)
    else:
        events.to_json(path, orient="records", lines=True, force_ascii=False)
    with path.open("a") as file:
        file.write("u," if path.suffix == ".csv" else '{"user_id": "u')


def digest(examples: pd.DataFrame) -> str:
    table = pa.Table.from_pandas(examples, preserve_index=False).replace_schema_metadata()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()


@pytest.mark.parametrize(
    ("ending", "definition", "given_sessions"),
    [
        ("csv", ExampleDefinition(), True),
        pytest.param(
            "jsonl",
            ExampleDefinition(
                prediction_times="every:2", cut="none", horizon=7 * 86_400.0, negative_rate=0.5
            ),
            False,
            marks=pytest.mark.guard,
        ),
    ],
)
def test_the_rows_are_the_same(
    spark: SparkEngine, tmp_path: Path, ending: str, definition: ExampleDefinition, given_sessions: bool
) -> None:
    path = tmp_path / f"log.{ending}"
    write(log() if given_sessions else log().drop(columns="session_id"), path)
    ours = prepare_examples(path, definition)
    theirs = prepare_examples(path, definition, engine=spark, out=tmp_path / "out")
    assert theirs.counts == ours.counts
    # Four rows without a user are events of a session that is given, or no use.
    assert sum(theirs.reasons.values()) == sum(ours.reasons.values()) == (3 if given_sessions else 7)
    assert set(pd.read_csv(tmp_path / "out" / "rejected.csv")["file"]) == {str(path)}
    assert theirs.examples.dtypes.to_dict() == ours.examples.dtypes.to_dict()
    assert digest(theirs.examples) == digest(ours.examples)


@pytest.mark.guard
def test_times_are_read_by_pattern_and_zone(spark: SparkEngine) -> None:
    events = pd.DataFrame(
        {"user_id": "ann", "event_type": "detail", "day": ["05/03/2024"], "hour": ["07.30"]}
    )
    columns = LogFormat({"timestamp": "day+hour"}, time_format="%d/%m/%Y %H.%M", timezone="Asia/Shanghai")
    [prediction_time] = prepare_examples(events, columns=columns, engine=spark).examples["prediction_time"]
    assert prediction_time == pd.Timestamp("2024-03-05T07:30+08:00")
    assert [prediction_time] == prepare_examples(events, columns=columns).examples["prediction_time"].tolist()


def hard_log(seed: int) -> pd.DataFrame:
    """Events at few instants, in few sessions, written in every way that a log may be."""
    rng, rows = np.random.default_rng(seed), 160
    seconds = 1_729_983_600 + 450 * rng.integers(0, 24, rows)  # of the night in which an hour comes twice
    local = pd.to_datetime(seconds, unit="s", utc=True).tz_convert("Europe/Berlin")
    forms = np.array(["iso", "local", "ms", "digits", "short"])[rng.integers(0, 5, rows)]
    written = {
        "iso": [str(time.isoformat()) for time in local],
        "local": list(local.strftime("%Y-%m-%d %H:%M:%S")),
        "ms": [str(1000 * second) for second in seconds],
        "digits": list(local.strftime("%Y%m%d%H%M")),
        "short": list(local.strftime("%m/%d/%Y")),
    }
    choices = {
        "user_id": ["ann", "bob", "anon", "null", "-1", "(not set)"],
        "session_id": ["s", "t", "", "\\N"],
        "event_type": ["View", "İNCELE", "ΑΓΟΡΑΣ", "cart", "buy", "zoom", ""],
        "item_id": ["a", "b", "NA"],
        "text": ["cap", " cap ", "红帽", "nan"],
        "price": ["1", "2.50", "-3", "9 EUR", "", "-0.0", "1e3"],
        "quantity": ["", "1", "two"],
        "row_order": ["", "1", "2"],
    }
    log = pd.DataFrame({name: rng.choice(values, rows) for name, values in choices.items()})
    return log.assign(timestamp=[written[form][row] for row, form in enumerate(forms)])


@pytest.mark.slow
@pytest.mark.guard
@pytest.mark.parametrize("seed", range(3))
def test_a_hard_log_is_read_alike(spark: SparkEngine, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "log.csv"
    hard_log(seed).to_csv(path, index=False)
    with path.open("a") as file:
        file.write('ann,s,View,a,"open,1,,,2024-10-27\r\nbob,s,View\rann,,buy,a,cap,1,,,1729983600000,\n')
    definition = ExampleDefinition(prediction_times="every", cut="none", horizon=900.0, bot_speed=0.01)
    read = LogFormat(
        event_types={"view": "detail", "incele": "detail", "αγορας": "purchase", "buy": "purchase"},
        timezone="Europe/Berlin",
    )
    ours = prepare_examples(path, definition, read)
    theirs = prepare_examples(path, definition, read, engine=spark)
    assert (theirs.counts, theirs.reasons) == (ours.counts, ours.reasons)
    assert theirs.facts.written() == ours.facts.written()
    assert digest(theirs.examples) == digest(ours.examples)


@pytest.mark.slow
@pytest.mark.guard
@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("%m/%d/%Y %H:%M", "12/1/2010 8:26"),
        ("%d.%m.%Y um %I:%M %p", "1.12.2010 um 1:34 PM"),
        ("%m%d", "1111"),
    ],
)
def test_times_with_single_digits_are_read_alike(spark: SparkEngine, form: str, written: str) -> None:
    events = pd.DataFrame({"user_id": "ann", "event_type": "detail", "timestamp": [written]})
    columns = LogFormat(time_format=form, timezone="America/New_York")
    ours, theirs = (
        prepare_examples(events, columns=columns, engine=engine).examples["prediction_time"].tolist()
        for engine in (None, spark)
    )
    assert ours == theirs
