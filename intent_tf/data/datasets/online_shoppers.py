"""UCI 468, Online Shoppers Purchasing Intention: one session a row."""

from __future__ import annotations

from pathlib import Path

from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.tables import read_table


def _load(path: Path) -> ExampleSource:
    coded = ("OperatingSystems", "Browser", "Region", "TrafficType")
    return ExampleSource(
        frame=read_table(path).frame,
        label="Revenue",
        kinds=dict.fromkeys(coded, "category"),
    )


ONLINE_SHOPPERS = NamedDataset(
    name="online_shoppers",
    files=(
        DataFile(
            "uci-online-shoppers/online_shoppers_intention.csv",
            "44b29f6ac84d6491bcf8d78e3cd544c10df910fe518293454174876f25956c4f",
            "https://archive.ics.uci.edu/static/public/468/online+shoppers+purchasing+intention+dataset.zip",
        ),
    ),
    source="https://archive.ics.uci.edu/dataset/468 (CC BY 4.0)",
    load=_load,
)
