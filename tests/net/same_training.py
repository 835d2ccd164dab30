"""Trains the models of the net by an earlier commit and by the code at hand, and compares bit by bit.

    python tests/net/same_training.py [--commit 1a5ae1c] [--cases bert rees46]

Each training has a process of its own, of one thread. Exits with 1 if a model differs.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from cases import CASES

#: The last one of version 0.1.
COMMIT = "1a5ae1c"
ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = Path("tests", "net", "trained.py")
_ONE_THREAD = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONHASHSEED": "0",
}


def has_commit(commit: str) -> bool:
    """Whether this is a clone that has a commit."""
    try:
        _git("cat-file", "-e", f"{commit}^{{commit}}")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Check a commit out into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder).resolve() / "tree"
        try:
            _git("worktree", "add", "--detach", str(tree), commit)
            yield tree
        finally:
            if tree.exists():
                _git("worktree", "remove", "--force", str(tree))


def difference(name: str, tree: Path) -> str | None:
    """Train the model of a case twice.

    Args:
        name: Of the case.
        tree: The earlier commit, checked out.

    Returns:
        Where the two differ, and how much; None where they are equal bit by bit.
    """
    with tempfile.TemporaryDirectory() as folder:
        then, now = (_trained(name, each, Path(folder, f"{each is ROOT}")) for each in (tree, ROOT))
    for key in ("rows", "probabilities", "members", "actions", "threshold"):
        if key not in then and key not in now:
            continue
        if then[key].shape != now[key].shape:
            return f"{key} differ in shape: {then[key].shape} and {now[key].shape}"
        if then[key].tobytes() != now[key].tobytes():
            return f"{key} differ by up to {np.max(np.abs(then[key] - now[key])):.3g}"
    return None


def _trained(name: str, tree: Path, out: Path) -> dict[str, np.ndarray]:
    # A commit that has the net itself knows best how its names are.
    own = (tree / _PROGRAM).exists()
    program = [str((tree if own else ROOT) / _PROGRAM), *(() if own else ("--api", "package_api_0_1"))]
    environment = {**os.environ, **_ONE_THREAD, "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [sys.executable, *program, str(out), name],
        cwd=tree,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} cannot be trained in {tree}:\n{done.stdout[-3000:]}")
    if str(tree / "intent_tf") not in done.stdout:
        raise RuntimeError(f"another package than that of {tree} was trained: {done.stdout}")
    with np.load(out / f"{name}.npz") as file:
        return dict(file)


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--commit", default=COMMIT)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    options = parser.parse_args()
    if not has_commit(options.commit):
        parser.error(f"the commit {options.commit} is not in this clone")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # removes the folder that is checked out
    differs = False
    with checked_out(options.commit) as tree:
        for name in options.cases:
            if CASES[name].missing:
                print(f"{name}: left out, {CASES[name].missing}", flush=True)
                continue
            found = difference(name, tree)
            differs |= found is not None
            print(f"{name}: {found or 'equal bit by bit'}", flush=True)
    sys.exit(differs)


if __name__ == "__main__":
    main()
