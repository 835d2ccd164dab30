"""A verb answers at once where no model is needed, and says nothing that is not its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from intent_tf.options.verbs import VERBS

HEAVY = ("tensorflow", "keras", "pandas", "pyarrow", "sklearn", "matplotlib")
PROBE = f"""
import sys
from intent_tf.__main__ import main
try:
    main(sys.argv[1:])
except (SystemExit, Exception) as end:
    print(end)
print("imported:", [name for name in {HEAVY!r} if name in sys.modules])
"""


def answer(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "--help"], "examples:"),
        (["train", "--bogus"], "unknown option '--bogus'"),
        (["train", "--data", "nothing.csv", "--label", "bought"], "nothing.csv: no such file"),
        (["predict", "model", "--data", "nothing.csv", "--out", "x.csv"], "nothing.csv: no such file"),
        (["decide", "churn", "--help"], "--log"),
        (["prepare", "--help"], "--prediction-times"),
        ([], "from data to a calibrated model"),
    ],
)
def test_nothing_heavy_is_imported_for_it(arguments: list[str], says: str) -> None:
    output = answer(*arguments)
    assert says in output
    assert "imported: []" in output


def test_every_verb_is_a_module_with_a_main() -> None:
    package = Path(__file__).parents[2] / "intent_tf"
    for verb in VERBS:
        assert "def main(" in (package / f"{verb}.py").read_text(encoding="utf-8")


def test_help_shows_the_options_that_most_people_need_and_help_all_the_rest() -> None:
    shown, everything = answer("train", "--help"), answer("train", "--help-all")
    assert shown.count("\n  --") <= 31 and "--ema-momentum" not in shown
    assert everything.count("\n  --") <= 66 and "--ema-momentum" in everything


def test_what_tensorflow_prints_at_its_start_does_not_reach_the_terminal(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("a,bought\n1,0\n")
    command = [sys.executable, "-m", "intent_tf.evaluate", str(tmp_path / "nothing"), "--data", str(table)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
