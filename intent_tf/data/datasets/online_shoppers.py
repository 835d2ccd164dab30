"""UCI 468, Online Shoppers Purchasing Intention: one session a row."""

from pathlib import Path

from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.tables import read_table
from intent_tf.data.typed_columns import with_numbers

#: What a visit is made of, beyond the raw counts: pace, length, and where it broke off.
_DERIVED = {
    "administrative_pace": "Administrative_Duration / Administrative",
    "informational_pace": "Informational_Duration / Informational",
    "product_pace": "ProductRelated_Duration / ProductRelated",
    "pages": "Administrative + Informational + ProductRelated",
    "seconds": "Administrative_Duration + Informational_Duration + ProductRelated_Duration",
    "pace": "seconds / pages",
    "product_share": "ProductRelated / pages",
    "exits_beyond_bounces": "ExitRates - BounceRates",
    "exits": "ExitRates * pages",
    "bounces": "BounceRates * pages",
}


def _load(path: Path) -> ExampleSource:
    coded = ("OperatingSystems", "Browser", "Region", "TrafficType")
    return ExampleSource(
        frame=with_numbers(read_table(path).frame),
        label="Revenue",
        kinds=dict.fromkeys(coded, "category"),
        derived=_DERIVED,
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
