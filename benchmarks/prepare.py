"""Times `prepare_examples` on simulated logs against pandas: events/s, peak memory and their ratios.

    python benchmarks/prepare.py [--millions 1 5 20] [--pandas-up-to 5] [--spark-up-to 0]

Every way makes the same examples (their number and positives are compared) from the same Parquet files and
writes them to Parquet; each runs in a process of its own, so that its peak memory is its own. The two ways in
pandas are the one that comes to mind, a loop over ``groupby``, and one that avoids loops over sessions where
pandas can.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from machine import machine

from intent_tf.data.engines.engine import Engine
from intent_tf.data.engines.spark import SparkEngine
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.simulator.simulator import simulate

GAP = pd.Timedelta(ExampleDefinition().session_gap, "s")
PREFIXES = ExampleDefinition().parsed_prediction_times.prefixes
SEQUENCES = ["event_type", "elapsed", "item_id", "text", "query", "price"]
EVENTS_PER_SESSION = 9.29
PART = 1_000_000
Counts = tuple[int, int]


def write_log(folder: Path, events: int) -> None:
    """Write a log in parts, each with shoppers of its own; sessions are left to be found."""
    for part in range(-(-events // PART)):
        log = simulate(round(min(PART, events) / EVENTS_PER_SESSION), seed=part).drop(columns="session_id")
        log["user_id"] = f"{part}-" + log["user_id"]
        log.to_parquet(folder / f"part-{part:03d}.parquet", index=False)


def ours(log: Path, out: Path, engine: Engine | None = None) -> Counts:
    counts = prepare_examples(log, out=out / "out", engine=engine).counts
    return counts["examples"], counts["positives"]


def spark(log: Path, out: Path) -> Counts:
    return ours(log, out, SparkEngine(settings={"spark.driver.memory": "4g"}))


def pandas_loop(log: Path, out: Path) -> Counts:
    events = pd.read_parquet(log).sort_values(["user_id", "timestamp"], kind="stable")
    events["session"] = (
        (events.groupby("user_id")["timestamp"].diff() > GAP).groupby(events["user_id"]).cumsum()
    )
    rows: list[dict[str, Any]] = []
    history: dict[str, tuple[int, int, int]] = {}
    for (user, number), session in events.groupby(["user_id", "session"], sort=False):
        types = session["event_type"].tolist()
        visible = next((n for n, each in enumerate(types) if each in ("cart", "purchase")), len(types))
        session = session.assign(
            elapsed=(session["timestamp"] - session["timestamp"].iloc[0]).dt.total_seconds()
        )
        lists = {name: session[name].tolist() for name in SEQUENCES}
        sessions, seen, bought = history.get(user, (0, 0, 0))
        for n in PREFIXES:
            if n <= visible:
                row = {name: values[:n] for name, values in lists.items()}
                past = {"previous_sessions": sessions, "previous_events": seen, "previous_purchases": bought}
                label = int("purchase" in types[n:])
                rows.append(
                    {"user_id": user, "session": number, "events": n, **row, **past, "purchase": label}
                )
        history[user] = (sessions + 1, seen + len(types), bought + types.count("purchase"))
    examples = pd.DataFrame(rows)
    examples.to_parquet(out / "examples.parquet")
    return len(examples), int(examples["purchase"].sum())


def pandas_columns(log: Path, out: Path) -> Counts:
    events = pd.read_parquet(log).sort_values(["user_id", "timestamp"], kind="stable", ignore_index=True)
    by_user = events.groupby("user_id", sort=False)
    events["session"] = (by_user["timestamp"].diff().isna() | (by_user["timestamp"].diff() > GAP)).cumsum()
    by_session = events.groupby("session", sort=False)
    events["elapsed"] = (events["timestamp"] - by_session["timestamp"].transform("first")).dt.total_seconds()
    bought = events["event_type"].eq("purchase")
    events["previous_events"] = by_user.cumcount()
    events["previous_purchases"] = bought.groupby(events["user_id"], sort=False).cumsum() - bought
    is_cut = events["event_type"].isin(["cart", "purchase"])
    sessions = events.groupby("session", sort=False).agg(
        **{name: (name, list) for name in SEQUENCES},
        user_id=("user_id", "first"),
        previous_events=("previous_events", "first"),
        previous_purchases=("previous_purchases", "first"),
    )
    sessions["previous_sessions"] = sessions.groupby("user_id", sort=False).cumcount()
    sessions["visible"] = (
        (~is_cut.groupby(events["session"], sort=False).cummax()).groupby(events["session"]).sum()
    )
    # Whoever has bought within the visible events has been cut off before: any purchase comes later.
    sessions["purchase"] = bought.groupby(events["session"], sort=False).any().astype(int)
    parts = []
    for n in PREFIXES:
        part = sessions[sessions["visible"] >= n].assign(events=n)
        parts.append(part.assign(**{name: [values[:n] for values in part[name]] for name in SEQUENCES}))
    examples = pd.concat(parts).drop(columns="visible")
    examples.to_parquet(out / "examples.parquet")
    return len(examples), int(examples["purchase"].sum())


WAYS: dict[str, Callable[[Path, Path], Counts]] = {
    "DuckDB": ours,
    "Spark": spark,
    "pandas, loop": pandas_loop,
    "pandas, columns": pandas_columns,
}


def evaluate(way: str, log: Path) -> None:
    """Run one way in this process and print what it took."""
    with tempfile.TemporaryDirectory() as out:
        begin = time.perf_counter()
        examples, positives = WAYS[way](log, Path(out))
        seconds = time.perf_counter() - begin
    # Spark's memory is that of the Java process it starts.
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    measured = {"seconds": round(seconds, 2), "peak_gb": round(max(peaks) * 1024 / 1e9, 2)}
    print(json.dumps({"way": way, **measured, "examples": examples, "positives": positives}))


def in_own_process(*arguments: str) -> str:
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--millions", type=float, nargs="+", default=[1, 5, 20], help="sizes, in million events"
    )
    parser.add_argument("--pandas-up-to", type=float, default=5, help="largest size for pandas")
    parser.add_argument("--spark-up-to", type=float, default=0, help="largest size for Spark")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return evaluate(options.measure[0], Path(options.measure[1]))
    if options.write:
        return write_log(Path(options.write[0]), int(options.write[1]))

    results = []
    print(f"{'events':>12}  {'way':<16}{'seconds':>9}{'events/s':>11}{'peak GB':>9}{'to DuckDB':>10}")
    for millions in options.millions:
        largest = {"DuckDB": millions, "Spark": options.spark_up_to}
        ways = [way for way in WAYS if millions <= largest.get(way, options.pandas_up_to)]
        with tempfile.TemporaryDirectory() as folder:
            in_own_process("--write", folder, str(round(millions * 1e6)))
            events = sum(pd.read_parquet(path, columns=["price"]).shape[0] for path in Path(folder).iterdir())
            found = [json.loads(in_own_process("--measure", way, folder).splitlines()[-1]) for way in ways]
        if len({(each["examples"], each["positives"]) for each in found}) != 1:
            raise SystemExit(f"the ways differ: {found}")
        for result in found:
            speed, ratio = events / result["seconds"], result["seconds"] / found[0]["seconds"]
            results.append(
                {"events": events, "events_per_second": round(speed), "ratio": round(ratio, 1), **result}
            )
            took = f"{result['seconds']:>9.1f}{speed:>11,.0f}{result['peak_gb']:>9.2f}{ratio:>9.1f}×"
            print(f"{events:>12,}  {result['way']:<16}{took}", flush=True)
    print(json.dumps({"benchmark": "prepare", "machine": machine(), "results": results}))
    return None


if __name__ == "__main__":
    main()
