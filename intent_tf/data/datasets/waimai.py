"""waimai_10k: Chinese reviews of food deliveries."""

from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.tables import read_table
from intent_tf.data.typed_columns import with_numbers

WAIMAI = NamedDataset(
    name="waimai",
    files=(
        DataFile(
            "chinese-waimai-10k/waimai_10k.csv",
            "b8b5c11c00b51578d35937fca56e03a126b45381f1ea4b22893237cb377a26fe",
            "https://raw.githubusercontent.com/SophonPlus/ChineseNlpCorpus/master/datasets/waimai_10k/"
            "waimai_10k.csv",
        ),
    ),
    source="https://github.com/SophonPlus/ChineseNlpCorpus (no licence stated)",
    load=lambda path: ExampleSource(with_numbers(read_table(path).frame), "label", {"review": "text"}),
)
