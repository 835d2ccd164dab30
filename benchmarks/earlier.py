"""Times this version beside an earlier commit, in turns, so that ratios hold where the speed drifts.

    python benchmarks/earlier.py [--commit 1a5ae1c] [--pairs 7] [--only help default serving]

Checks the commit out into a temporary worktree and runs each command once there and once here, pair by pair.
Printed are the seconds of both and the median ratio (here over there, with the least and the largest): wall
time, and the processor time of the process and its children. ``serving`` exports the model that each trained
on the UCI shoppers and times one row and 256 rows of it in TensorFlow's C++ loader.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "net"))  # for same_training
sys.path.insert(0, str(ROOT / "tests" / "serving"))  # for c_loader

from c_loader import CLoader, compile_loader
from machine import machine
from same_training import COMMIT, checked_out

from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.data.datasets import DATASETS
from intent_tf.serving import ServedModel

COMMANDS = {
    "help": ["-m", "intent_tf.train", "--help"],
    "default": ["-m", "intent_tf.train", "--quiet", "--out", "OUT/default"],
    "online_shoppers": [
        "-m",
        "intent_tf.train",
        "--dataset",
        "online_shoppers",
        "--quiet",
        "--out",
        "OUT/uci",
    ],
    "extractor": ["benchmarks/extractor.py", "--quick", "--turns", "4"],
}


def seconds(arguments: list[str], tree: Path, out: Path) -> tuple[float, float]:
    """Run a command in a tree: wall and processor seconds."""
    words = [word.replace("OUT", str(out)) for word in arguments]
    environment = {**os.environ, "PYTHONPATH": str(tree), "TF_CPP_MIN_LOG_LEVEL": "3"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=tree, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(name: str, then: list[float], now: list[float], unit: str) -> dict[str, object]:
    """Print a line, and return it."""
    ratios = np.array(now) / np.array(then)
    middle, least, most = (round(float(each), 3) for each in (np.median(ratios), ratios.min(), ratios.max()))
    line = {
        "what": name,
        "then": round(float(np.median(then)), 4),
        "now": round(float(np.median(now)), 4),
        "ratio": [middle, least, most],
    }
    print(
        f"{name:<32}{line['then']:>10}{line['now']:>10} {unit:<4}{middle:>8} ({least} to {most})", flush=True
    )
    return line


def serving(trees: tuple[Path, Path], out: Path, pairs: int) -> list[dict[str, object]]:
    """Time the exported models of both in the C++ loader."""
    folders = []
    for number, tree in enumerate(trees):
        if not (out / str(number) / "uci").exists():
            seconds(COMMANDS["online_shoppers"], tree, out / str(number))
        folders.append(out / str(number) / "uci" / "1")
    program = compile_loader(out)
    loaders = [CLoader(program, folder) for folder in folders]
    frame = DATASETS["online_shoppers"].examples().frame
    lines = []
    for rows, runs in ((1, 300), (256, 60)):
        times: tuple[list[float], list[float]] = ([], [])
        for pair in range(pairs + 1):
            for each, (folder, loader) in enumerate(zip(folders, loaders, strict=True)):
                columns = padded(raw_columns(frame.head(rows), ServedModel(folder).specification))
                arrays = {name: values.numpy() for name, values in columns.items()}
                found = float(np.median(loader.timed(arrays, runs=runs)[1])) * 1e3
                if pair:  # the first warms up
                    times[each].append(found)
        lines.append(report(f"C++ loader, UCI, {rows} rows", *times, "ms"))
    for loader in loaders:
        loader.close()
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--commit", default=COMMIT)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=[*COMMANDS, "serving"], default=[*COMMANDS, "serving"])
    options = parser.parse_args()
    lines: list[dict[str, object]] = []
    with checked_out(options.commit) as tree, tempfile.TemporaryDirectory() as folder:
        trees, out = (tree, ROOT), Path(folder)
        print(f"{'':<32}{'then':>10}{'now':>10}      ratio, median of {options.pairs} pairs")
        for name in (name for name in COMMANDS if name in options.only):
            pairs = [
                [seconds(COMMANDS[name], each, out / str(number)) for number, each in enumerate(trees)]
                for _ in range(options.pairs)
            ]
            for kind, unit in enumerate(("wall s", "cpu s")):
                then, now = ([pair[side][kind] for pair in pairs] for side in (0, 1))
                lines.append(report(f"{name}, {unit}", then, now, "s"))
        if "serving" in options.only:
            lines += serving(trees, out, options.pairs)
    print(
        json.dumps({"benchmark": "earlier", "commit": options.commit, "machine": machine(), "lines": lines})
    )


if __name__ == "__main__":
    main()
