from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.decisions.segment.command import run
from intent_tf.options.decide import LogConfig, SegmentConfig


@pytest.mark.slow
def test_users_are_segmented_and_assigned_again_from_the_file(
    tmp_path: Path, words_drawn: Callable[[Path], set[str]]
) -> None:
    log = LogConfig(sessions=300, out=str(tmp_path / "first"))
    first = run(log, SegmentConfig(most_segments=3))
    file = first / "segmentation.json"
    names = json.loads(file.read_text())["names"]
    assert len(names) in (2, 3) and set(names) <= words_drawn(first / "profile.svg")
    again = run(LogConfig(sessions=300, out=str(tmp_path / "again")), SegmentConfig(assign_with=str(file)))
    users = [pd.read_csv(folder / "users.csv") for folder in (first, again)]
    pd.testing.assert_frame_equal(*users)
