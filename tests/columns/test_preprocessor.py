from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.prepared import PreparedData
from intent_tf.columns.preprocessor import Preprocessor
from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.columns.subword_preprocessor import SubwordPreprocessor
from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds


@pytest.fixture(scope="module")
def preprocessor(shop_data: PreparedData) -> Preprocessor:
    return shop_data.preprocessor


def features(preprocessor: Preprocessor, frame: pd.DataFrame) -> dict[str, tf.Tensor]:
    return preprocessor(padded(raw_columns(frame, preprocessor.specification)))


def trimmed(found: dict[str, tf.Tensor], row: int) -> list[np.ndarray]:
    """A row's features, ids without padding."""
    parts = [part[row].numpy() for part in found.values()]
    return [*parts[:3], *(np.trim_zeros(part, "b") for part in parts[3:])]


def test_every_kind_of_column_becomes_its_part_of_the_features(
    preprocessor: Preprocessor, shop: pd.DataFrame
) -> None:
    found = features(preprocessor, shop[:5])
    assert found["numbers"].shape == found["missing"].shape == (5, len(preprocessor.number_names))
    assert found["categories"].shape == (5, 2)
    assert [part.dtype for part in found.values()] == [tf.float32] * 2 + [tf.int32] * 3 + [tf.bool]
    assert found["text"].numpy().any() and found["session"].numpy().any()


def test_numbers_are_raw_derived_and_of_sessions_in_this_order(preprocessor: Preprocessor) -> None:
    names = preprocessor.number_names
    assert names[:4] == ("pages", "seconds", "seconds_a_page", "events")
    assert "mean dwell" in names and "last price" in names


def test_derived_columns_are_computed_from_raw_numbers(
    preprocessor: Preprocessor, shop: pd.DataFrame
) -> None:
    numbers = preprocessor.raw_numbers(raw_columns(shop, preprocessor.specification))
    np.testing.assert_allclose(numbers[:, 2], shop["seconds"] / shop["pages"], rtol=1e-6)


def test_missing_and_infinite_numbers_score_zero_and_are_flagged(
    preprocessor: Preprocessor, shop: pd.DataFrame
) -> None:
    found = features(preprocessor, shop[:3].assign(seconds=[np.nan, np.inf, -np.inf]))
    assert found["numbers"][:, 1].numpy().tolist() == [0, 0, 0]
    assert found["missing"][:, 1].numpy().tolist() == [1, 1, 1]


def test_an_unseen_category_is_unknown(preprocessor: Preprocessor, shop: pd.DataFrame) -> None:
    found = features(preprocessor, shop[:2].assign(month="Feb", browser=99))
    assert not found["categories"].numpy().any()


def test_an_unseen_word_is_out_of_vocabulary(preprocessor: Preprocessor, shop: pd.DataFrame) -> None:
    assert features(preprocessor, shop[:1].assign(title="love unheard"))["text"].numpy()[0, 1] == 1


def test_all_missing_is_no_error(preprocessor: Preprocessor, shop: pd.DataFrame) -> None:
    nothing = pd.DataFrame({name: [None] for name in shop.columns}, dtype=object)
    found = features(preprocessor, nothing)
    assert np.isfinite(found["numbers"]).all() and not found["text"].numpy().any()


@settings(max_examples=6, deadline=None)
@given(rows=st.lists(st.integers(0, 239), min_size=2, max_size=4))
def test_the_features_of_a_row_do_not_depend_on_its_batch(
    preprocessor: Preprocessor, shop: pd.DataFrame, rows: list[int]
) -> None:
    together = features(preprocessor, shop.iloc[rows])
    for index, row in enumerate(rows):
        alone = features(preprocessor, shop.iloc[[row]])
        for part, expected in zip(trimmed(together, index), trimmed(alone, 0), strict=True):
            np.testing.assert_array_equal(part, expected)


def test_sequences_of_unequal_lengths_are_told_side_by_side(
    preprocessor: Preprocessor, shop: pd.DataFrame
) -> None:
    long = shop[:4].assign(
        price=[[1.0] * 3] * 4, elapsed=[[0.0, 5.0, np.nan]] * 4, event_type=[["click"]] * 4
    )
    short = long.assign(elapsed=[[0.0, 5.0]] * 4)
    for row in range(4):
        for part, expected in zip(
            trimmed(features(preprocessor, short), row),
            trimmed(features(preprocessor, long), row),
            strict=True,
        ):
            np.testing.assert_array_equal(part, expected)


def test_the_graph_computes_what_eager_mode_computes(preprocessor: Preprocessor, shop: pd.DataFrame) -> None:
    raw = padded(raw_columns(shop[:9], preprocessor.specification))
    found = tf.function(preprocessor)(raw)
    for name, expected in preprocessor(raw).items():
        np.testing.assert_array_equal(found[name], expected)


def test_plain_arrays_are_taken_too(preprocessor: Preprocessor, shop: pd.DataFrame) -> None:
    raw = padded(raw_columns(shop[:3], preprocessor.specification))
    arrays = {name: values.numpy() for name, values in raw.items()}
    arrays["pages"] = shop["pages"][:3].to_numpy()  # integers
    np.testing.assert_array_equal(preprocessor(arrays)["numbers"], preprocessor(raw)["numbers"])


def test_a_missing_column_is_named(preprocessor: Preprocessor) -> None:
    with pytest.raises(InputError, match=r"the column 'seconds' is missing; expected pages, seconds, month"):
        preprocessor({"pages": tf.constant([1.0])})


def test_symbolic_features_have_the_shapes_of_real_ones(
    preprocessor: Preprocessor, shop: pd.DataFrame
) -> None:
    symbolic = preprocessor(preprocessor.keras_inputs())
    real = features(preprocessor, shop[:1])
    assert list(symbolic) == list(real)
    for name, part in real.items():
        assert symbolic[name].dtype == part.dtype.name
        assert tf.TensorShape(symbolic[name].shape).is_compatible_with(part.shape)


def test_the_signature_names_every_raw_column_with_its_type_and_shape(preprocessor: Preprocessor) -> None:
    signature = preprocessor.input_signature()
    names = [column.name for column in preprocessor.specification.columns]
    assert list(signature) == [*names, "session_length"]
    assert signature["session_length"] == tf.TensorSpec((None,), tf.int32)
    assert signature["title"] == tf.TensorSpec((None,), tf.string)
    assert signature["browser"] == tf.TensorSpec((None,), tf.string)
    assert signature["price"] == tf.TensorSpec((None, None), tf.float32)


def test_documents_join_the_words_of_texts_and_events() -> None:
    columns = (
        Column("title", "text", "string"),
        Column("query", "sequence", "string", "session"),
        Column("page", "sequence", "string", "session"),
    )
    preprocessor = Preprocessor(FeatureSpecification(columns))
    frame = pd.DataFrame({"title": ["Red hat"], "query": [["hat", "cap"]], "page": [["home"]]})
    raw = raw_columns(frame, preprocessor.specification)
    assert preprocessor.documents(raw).numpy().tolist() == [b"Red hat hat cap"]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (Column("x", "number", "float"), [1.0, 2.0, 3.0]),
        (Column("x", "category", "string"), ["a", "b", "c"]),
        (Column("x", "text", "string"), ["a b", "b c", ""]),
        (Column("x", "sequence", "string", "session"), [["a"], ["b", "c"], []]),
        (Column("x", "sequence", "float", "session"), [[1.0], [2.0, 3.0], []]),
        (Column("item_id", "sequence", "string", "session"), [["a"], ["b", "c"], []]),
    ],
)
def test_a_table_of_one_column_is_enough(column: Column, values: list[object]) -> None:
    preprocessor = Preprocessor(FeatureSpecification((column,)))
    frame = pd.DataFrame({column.name: values})
    preprocessor.adapt(frame)
    assert all(len(part) == 3 for part in features(preprocessor, frame).values())


def test_a_saved_preprocessor_gives_the_same_features(
    preprocessor: Preprocessor, shop: pd.DataFrame, tmp_path: Path
) -> None:
    @keras.saving.register_keras_serializable(package="tests")
    class Holder(keras.Model):
        def __init__(self, preprocessor: Preprocessor, **kwargs: object) -> None:
            super().__init__(**kwargs)
            self.preprocessor = preprocessor
            self.built = True

        def call(self, inputs: object) -> dict[str, tf.Tensor]:
            return self.preprocessor(inputs)

        def get_config(self) -> dict[str, object]:
            return {"preprocessor": keras.saving.serialize_keras_object(self.preprocessor)}

        @classmethod
        def from_config(cls, config: dict[str, object], custom_objects: object = None) -> Holder:
            preprocessor = keras.saving.deserialize_keras_object(config["preprocessor"])
            preprocessor.build()
            return cls(preprocessor)

    Holder(preprocessor).save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras").preprocessor
    found = features(restored, shop)
    for name, expected in features(preprocessor, shop).items():
        np.testing.assert_array_equal(found[name], expected)


def test_a_configuration_is_not_used_up_by_being_read(
    preprocessor: Preprocessor, make_shop: Callable[..., pd.DataFrame]
) -> None:
    config = preprocessor.get_config()
    first, second = Preprocessor.from_config(config), Preprocessor.from_config(config)
    assert first.encoders["sequence"].state() == second.encoders["sequence"].state()


def test_items_alone_are_no_document_of_an_encoder() -> None:
    column = Column("item_id", "sequence", "string", "item_id")
    subwords = WordPieceIds(8, vocabulary=(*SPECIAL, "a"))
    preprocessor = SubwordPreprocessor(FeatureSpecification((column,)), subwords)
    preprocessor.adapt(frame := pd.DataFrame({"item_id": [["a"], ["b", "a"]]}))
    assert set(features(preprocessor, frame)) == {"numbers", "missing", "blank"}


@pytest.mark.parametrize("number", [np.nan, -np.inf, np.inf, -3.4028235e38])
def test_a_row_is_blank_however_its_number_is_missing(number: float) -> None:
    frame = pd.DataFrame({"pages": np.arange(40.0), "month": ["May", "Nov"] * 20})
    columns = (Column("pages", "number", "float"), Column("month", "category", "string"))
    preprocessor = Preprocessor(FeatureSpecification(columns))
    preprocessor.adapt(frame)
    raw = {"pages": tf.constant([number, number, 3.0]), "month": tf.constant([" ", "May", ""])}
    assert preprocessor(raw)["blank"].numpy().tolist() == [True, False, False]


def test_events_of_which_nothing_is_known_are_no_events() -> None:
    columns = [
        Column("event_type", "sequence", "string", group="session"),
        Column("price", "sequence", "float", group="session"),
    ]
    preprocessor = Preprocessor(FeatureSpecification(tuple(columns)))
    preprocessor.adapt(pd.DataFrame({"event_type": [["view", "cart"]] * 9, "price": [[1.0, 2.0]] * 9}))
    raw = {
        "event_type": tf.constant([["", ""], ["view", ""], ["", ""], ["view", "view"]]),
        "price": tf.constant([[np.nan, np.nan], [np.nan, np.nan], [np.nan, 3.0], [1.0, 1.0]]),
        "session_length": tf.constant([2, 2, 2, 0]),
    }
    assert preprocessor(raw)["blank"].numpy().tolist() == [True, False, False, True]
