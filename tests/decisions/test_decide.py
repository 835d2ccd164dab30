from __future__ import annotations

import pytest

from intent_tf import decide
from intent_tf.errors import InputError


def test_help_lists_every_decision(capsys: pytest.CaptureFixture[str]) -> None:
    decide.main(["--help"])
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in decide.DECISIONS)


@pytest.mark.parametrize("name", decide.DECISIONS)
def test_every_decision_has_help_for_the_log_and_for_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        decide.main([name, "--help"])
    shown = capsys.readouterr().out
    assert left.value.code == 0 and "--sessions N" in shown and f"decide {name}" in shown


def test_an_unknown_decision_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no decision 'experimnt'.*experiment"):
        decide.main(["experimnt"])
