"""REES46, October 2019: the event log of a multi-category shop (a sample of its first hours)."""

from intent_tf.data.adapters import ADAPTERS
from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.event_examples import event_examples

REES46 = NamedDataset(
    name="rees46",
    files=(
        DataFile(
            "rees46-2019-oct-sample/2019-Oct.csv.gz",
            "d8a5b1c9515e21574dce044ad511f9b95fd2221608500ff5a3dbcc609c53cc61",
        ),
    ),
    source="https://rees46.com/en/datasets (free with attribution; any month of it works with --events)",
    load=lambda path: event_examples(path, ADAPTERS["rees46"].log_format),
)
