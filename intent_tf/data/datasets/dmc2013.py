"""Data Mining Cup 2013: the states of sessions, of which some end in an order."""

from pathlib import Path

import numpy as np
import pandas as pd

from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.file_rules import FileRules
from intent_tf.data.splitting import SplitPlan
from intent_tf.data.tables import read_table
from intent_tf.data.typed_columns import with_numbers
from intent_tf.errors import InputError

#: The last session of the published sample is cut in the middle of a row.
_CUT_SESSION = 4513
#: The rate of orders falls along the session numbers, so the split is by order.
_LAST_TRAIN, _LAST_VALIDATION = 3240, 3600
#: Prefixes of which the test rows hold the last state, beside the whole session.
_PREFIXES = (1, 3, 5)
#: Weight of a whole session, where its last state, of which it is not known whether it is over, has 1.
_WHOLE = 8


def _load(path: Path, labels: Path) -> ExampleSource:
    states = _states(path, labels)
    over = states[states["events"] == states["length"]].assign(ended=1.0)
    over["weight"] *= _WHOLE
    testing = states["sessionNo"] > _LAST_VALIDATION
    train = pd.concat([states[~testing], over[~testing.loc[over.index]]])
    train["part"] = np.where(train["sessionNo"] > _LAST_TRAIN, "validation", "train")
    frame = pd.concat([train.assign(prefix=""), _test_prefixes(states[testing], over)], ignore_index=True)
    return ExampleSource(
        frame=frame,
        label="order",
        kinds=dict.fromkeys(("step", "onlineStatus", "availability", "startWeekday", "address"), "category"),
        excluded={
            "sessionNo": "identifier",
            "customerNo": "identifier",
            "length": "not known before the session is over",
            "prefix": "slice of the report",
        },
        plan=SplitPlan(column="part"),
        weight="weight",
        slice_by="prefix",
        folds=1,
    )


def _states(path: Path, labels: Path) -> pd.DataFrame:
    """Read the state after each event, of which it is not known whether the session is over (``ended`` 0)."""
    frame = with_numbers(read_table(path, FileRules(missing=("?",))).frame)
    frame = frame[frame["sessionNo"] != _CUT_SESSION].reset_index(drop=True)
    sessions = frame.groupby("sessionNo")
    frame["events"] = sessions.cumcount() + 1.0
    frame["length"] = sessions["sessionNo"].transform("size")
    frame["ended"] = 0.0
    frame["step"] = frame.pop("bStep").astype("Int64").astype("string").fillna("")
    # Long sessions must not drown the short ones, and a whole session says more than one of its states. But a
    # weight knows no more than the prediction time does: by the session's length, early states of long
    # sessions, which end in an order more often, would weigh less, and probabilities after the first event
    # come out too small.
    frame["weight"] = frame["events"] ** -0.25
    orders = with_numbers(read_table(labels).frame).set_index("sessionNo")["prediction"]
    frame["order"] = frame["sessionNo"].map(orders)
    if frame["order"].isna().any():
        raise InputError("a session has no label", file=labels, expected="a row for each session")
    return frame


def _test_prefixes(states: pd.DataFrame, over: pd.DataFrame) -> pd.DataFrame:
    """Each test session after 1, 3 and 5 events (or over, if it has fewer) and as a whole."""
    over = over[over["sessionNo"] > _LAST_VALIDATION]
    prefixes = [
        pd.concat([states[states["events"] == size], over[over["length"] < size]]).assign(prefix=str(size))
        for size in _PREFIXES
    ]
    # The weights are for learning: every test session counts once.
    return pd.concat([*prefixes, over.assign(prefix="whole")]).assign(part="test", weight=1.0)


DMC2013 = NamedDataset(
    name="dmc2013",
    files=(
        DataFile(
            "dmc2013/transact_class.txt", "73251ea49b8ebd19b4be038cc3a58497b2f3606cf8cc0804b9bf8f761ad52e84"
        ),
        DataFile(
            "dmc2013/realclass_t1.txt", "840fbbf3828dfe93e9137ed30e7a25a756b28858e74f5a4584504a4ff2e349d3"
        ),
    ),
    source="https://www.data-mining-cup.com (comparison data of 2013)",
    load=_load,
)
