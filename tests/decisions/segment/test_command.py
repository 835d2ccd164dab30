from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from intent_tf.decisions.log_config import LogConfig
from intent_tf.decisions.segment.command import SegmentConfig, run


def test_users_are_segmented_and_assigned_again_from_the_file(tmp_path: Path) -> None:
    log = LogConfig(sessions=300, out=str(tmp_path / "first"))
    first = run(log, SegmentConfig(most_segments=3))
    file = first / "segmentation.json"
    assert len(json.loads(file.read_text())["names"]) in (2, 3)
    again = run(LogConfig(sessions=300, out=str(tmp_path / "again")), SegmentConfig(assign_with=str(file)))
    users = [pd.read_csv(folder / "users.csv") for folder in (first, again)]
    pd.testing.assert_frame_equal(*users)
    assert (first / "profile.svg").stat().st_size > 1000
