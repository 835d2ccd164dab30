"""`python -m intent_tf.prepare`, as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from intent_tf.data.examples import Prepared
from intent_tf.options.command_line import run_verb
from intent_tf.prepare import main

LOG = """visitor,ts,event,sku
ann,2024-01-05 10:00:00,view,a
ann,2024-01-05 10:01:00,view,b
ann,2024-01-05 10:02:00,buy,b
bob,someday,view,a
"""
OPTIONS = [
    "--columns",
    "user_id=visitor,timestamp=ts,event_type=event,item_id=sku",
    "--event-types",
    "view=detail,buy=purchase",
]


@pytest.fixture
def log(tmp_path: Path) -> str:
    (tmp_path / "log.csv").write_text(LOG)
    return str(tmp_path / "log.csv")


def test_the_last_line_is_the_folder_and_the_lines_before_count(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([log, "--out", str(tmp_path / "out"), *OPTIONS])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == str(tmp_path / "out")
    counts = [line.split(maxsplit=1) for line in lines]
    assert ["3", "events used"] in counts
    assert ["1", "timestamp is no time"] in counts
    assert ["2", "examples"] in counts
    assert ["2", "of them, positive"] in counts
    assert (tmp_path / "out" / "examples" / "day=2024-01-05").is_dir()


def test_quiet_prints_the_folder_only(log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([log, "--out", str(tmp_path / "out"), "--quiet", *OPTIONS])
    captured = capsys.readouterr()
    assert captured.out == f"{tmp_path / 'out'}\n"
    assert captured.err == ""


def test_options_are_read_from_yaml(log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "prepare.yaml"
    config.write_text("prediction_times: every:2\nevent_types: {view: detail, buy: purchase}\n")
    main([log, "--config", str(config), "--out", str(tmp_path / "out"), *OPTIONS[:2]])
    assert ["1", "examples"] in [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]


def test_a_log_without_purchases_says_how_to_map_them(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([log, "--out", str(tmp_path / "out"), *OPTIONS[:2]])
    assert "--event-types" in capsys.readouterr().out


def test_an_adapter_reads_a_file_without_a_header(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "UserBehavior.csv").write_text("1,22,33,pv,1511544070\n1,22,33,buy,1511544090\n")
    main([str(tmp_path), "--adapter", "taobao", "--out", str(tmp_path / "out")])
    assert ["1", "of them, positive"] in [
        line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()
    ]


def test_names_read_a_file_without_a_header(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log.csv").write_text("1,detail,1511544070\n")
    names = ["--names", "user_id,event_type,timestamp"]
    main([str(tmp_path / "log.csv"), *names, "--out", str(tmp_path / "out")])
    assert ["1", "examples"] in [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.csv"], "no such file"),
        (["{log}"], "no column 'timestamp'"),
        (["{log}", "--adapter", "rees64"], "did you mean 'rees46'"),
        (["{log}", "--prediction-times", "never"], "prediction times are 'never'"),
        (["{log}", "--columns", "user_id=visiter"], "did you mean 'visitor'"),
    ],
)
def test_bad_input_is_one_message_and_status_2(
    log: str, arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [each.format(log=log) for each in arguments]
    with pytest.raises(SystemExit) as stopped:
        run_verb(main, [*given, "--out", str(tmp_path / "out")])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_help_tells_every_option_with_its_default(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "intent_tf.prepare", "--help"]
    shown = " ".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    assert "in seconds; used if the log has no session_id. [1800.0]" in shown
    assert "--spark-master" in shown


@pytest.mark.parametrize(
    ("options", "column", "values"),
    [
        (["--prediction-times", "last"], "events", [2]),
        (["--prediction-times", "every:2"], "events", [2]),
        (["--prediction-times", "at:2024-01-05T10:00:30"], "events", [1]),
        (["--min-events", "2"], "events", [2]),
        (["--max-events", "1"], "elapsed", [[0.0], [60.0]]),
        (["--cut", "none", "--prediction-times", "every"], "events", [1, 2, 3]),
        (["--session-gap", "30"], "purchase", [0, 0]),
        (["--horizon", "90"], "purchase", [0]),
        (["--label", "action_level"], "action_level", [1.0, 1.0]),
        (["--label", "next_action"], "next_action", ["detail", "purchase"]),
        (["--negative-rate", "0.5"], "weight", [1.0, 1.0]),
        (["--double-fire-window", "90", "--columns", OPTIONS[1].removesuffix(",item_id=sku")], "events", [1]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and str(value[0])[:2] == "--" else "",
)
def test_an_option_changes_the_examples(
    log: str, tmp_path: Path, options: list[str], column: str, values: list[object]
) -> None:
    main([log, "--out", str(tmp_path / "out"), "--quiet", *OPTIONS, *options])
    examples = Prepared.read(tmp_path / "out").examples
    assert [list(each) if column == "elapsed" else each for each in examples[column]] == values


def test_a_session_makes_no_examples_once_it_is_a_bots(log: str, tmp_path: Path) -> None:
    main([log, "--out", str(tmp_path / "out"), "--quiet", *OPTIONS, "--bot-events", "1"])
    assert Prepared.read(tmp_path / "out").examples["events"].tolist() == [1]
