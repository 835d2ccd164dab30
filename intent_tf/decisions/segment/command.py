"""`python -m intent_tf.decide segment`: users in named segments."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from intent_tf.decisions.event_log import read_log, writes_results
from intent_tf.decisions.intent import fit_intent, session_probabilities
from intent_tf.decisions.plot import save
from intent_tf.decisions.segment.evaluate import foresight, rfm_cells
from intent_tf.decisions.segment.segmentation import Segmentation, choose_count, compare_counts
from intent_tf.decisions.segment.user_table import user_table
from intent_tf.options.decide import LogConfig, SegmentConfig


@writes_results("segment", "counts.csv", "users.csv", "foresight.csv", "segmentation.json", "profile.svg")
def run(log_config: LogConfig, config: SegmentConfig, folder: Path) -> None:
    """Segment the users of a log, measure what that predicts, write all of it."""
    log = read_log(log_config)
    middle, late = (log["timestamp"].iloc[int(share * len(log))] for share in (0.5, 0.75))
    model = fit_intent(log[log["timestamp"] < middle], seed=log_config.seed)
    probabilities = session_probabilities(model, log)
    users = user_table(log, probabilities)
    if config.assign_with is not None:
        segmentation = Segmentation.load(Path(config.assign_with))
    else:
        compared = compare_counts(users, range(2, config.most_segments + 1), seed=log_config.seed)
        print(compared.round(3).to_string(), "\n")
        compared.to_csv(folder / "counts.csv")
        segmentation = Segmentation.fit(users, config.segments or choose_count(compared), log_config.seed)
    segment = segmentation.assign(users)
    profile = users.groupby(segment).mean().assign(users=segment.value_counts())
    print(profile.round(3).to_string(), "\n")

    snapshots = [user_table(log, probabilities, prediction_time) for prediction_time in (middle, late)]
    bought = [
        _bought(log, snapshot, begin, end)
        for snapshot, begin, end in zip(snapshots, (middle, late), (late, None), strict=True)
    ]
    fitted = Segmentation.fit(snapshots[0], len(segmentation.names), log_config.seed)
    ways = {
        "segments": [fitted.assign(each) for each in snapshots],
        "RFM cells": [rfm_cells(each, snapshots[0]) for each in snapshots],
        "constant rate": [pd.Series("all", each.index) for each in snapshots],
    }
    quality = pd.DataFrame({name: foresight(a, bought[0], b, bought[1]) for name, (a, b) in ways.items()}).T
    print("purchases of the log's last quarter, predicted by the segment\n" + quality.round(4).to_string())
    users.assign(segment=segment).to_csv(folder / "users.csv")
    quality.to_csv(folder / "foresight.csv")
    segmentation.save(folder / "segmentation.json")
    save(lambda axes: draw_profile(axes, segmentation), folder / "profile.svg")


def draw_profile(axes: Axes, segmentation: Segmentation) -> None:
    """Draw how far each segment is from the average user, in standard deviations."""
    width = 0.8 / len(segmentation.names)
    indices = np.arange(len(segmentation.columns))
    for number, (name, centre) in enumerate(zip(segmentation.names, segmentation.centres, strict=True)):
        axes.bar(indices + width * number - 0.4 + width / 2, centre, width, label=name)
    axes.axhline(0, color="0.3", linewidth=1)
    axes.set_xticks(indices, segmentation.columns)
    axes.set(ylabel="standard deviations from the average")
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)


def _bought(
    log: pd.DataFrame, users: pd.DataFrame, begin: pd.Timestamp, end: pd.Timestamp | None
) -> pd.Series:
    window = log[
        (log["timestamp"] >= begin) & (log["timestamp"] < (end or pd.Timestamp.max.tz_localize("UTC")))
    ]
    buyers = window.loc[window["event_type"].eq("purchase"), "user_id"].unique()
    return pd.Series(users.index.isin(buyers).astype(int), users.index)
