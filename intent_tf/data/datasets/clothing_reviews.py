"""Women's clothing reviews, of which most recommend the article."""

from pathlib import Path

from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.example_source import ExampleSource
from intent_tf.data.tables import read_table
from intent_tf.data.typed_columns import with_numbers


def _load(path: Path) -> ExampleSource:
    frame = with_numbers(read_table(path).frame)
    reviews = frame["Review Text"].fillna("")
    empty, repeated = reviews == "", reviews.duplicated() & (reviews != "")
    judgements = {
        "Rating": "decides the label",
        "Positive Feedback Count": "comes after the review",
    }
    others = [name for name in frame.columns if name not in ("Title", "Review Text", "Recommended IND")]
    return ExampleSource(
        frame=frame[~empty & ~repeated].reset_index(drop=True),
        label="Recommended IND",
        kinds={"Title": "text", "Review Text": "text"},
        excluded={name: judgements.get(name, "the published comparison reads text only") for name in others},
        counts={"reviews_without_text": int(empty.sum()), "repeated_reviews": int(repeated.sum())},
        folds=1,
    )


CLOTHING_REVIEWS = NamedDataset(
    name="clothing_reviews",
    files=(
        DataFile(
            "womens-clothing-reviews/Womens Clothing E-Commerce Reviews.csv.gz",
            "471110b1fd241cb109a6cb1ec95760e84b071c5ce2df0f6f30876c0b941a1767",
        ),
    ),
    source="https://www.kaggle.com/datasets/nicapotato/womens-ecommerce-clothing-reviews (CC0)",
    load=_load,
)
