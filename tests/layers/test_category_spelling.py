import keras
import pytest
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.layers.category_spelling import CategorySpelling


@pytest.mark.parametrize(
    ("spelling", "texts", "spelt"),
    [
        ("integer", ["7", "7.0", "+7", " 7 ", "7.", "7.000000"], "7"),
        ("integer", ["-7", "-7.0"], "-7"),
        ("integer", ["0", "-0", "0.0"], "0"),
        ("integer", ["9007199254740993", "9007199254740993.0"], "9007199254740993"),
        ("integer", ["07"], "07"),
        ("integer", ["7.5"], "7.5"),
        ("integer", ["unknown"], "unknown"),
        ("integer", [""], ""),
        ("boolean", ["true", "True", "TRUE", "1", "1.0"], "true"),
        ("boolean", ["false", "False", "0"], "false"),
        ("boolean", ["maybe"], "maybe"),
        ("date", ["08:00", "8:00", "08:00:00", "08:00:00.000000"], "08:00:00"),
        ("date", ["2026-01-05", "2026-01-05 00:00:00", "2026-01-05T00:00"], "2026-01-05"),
        ("date", ["2026-01-05 10:30", "2026-01-05T10:30:00.0"], "2026-01-05T10:30:00"),
        ("date", ["2026-01-05T10:30Z", "2026-01-05 10:30:00+00:00"], "2026-01-05T10:30:00Z"),
        ("date", ["2026-01-05 10:30:00.120000", "2026-01-05T10:30:00.12"], "2026-01-05T10:30:00.12"),
        ("characters", ["1.10"], "1.10"),
        ("characters", [" red"], " red"),
    ],
)
def test_what_means_the_same_is_spelt_alike(spelling: str, texts: list[str], spelt: str) -> None:
    found = CategorySpelling(spelling)(tf.constant(texts)).numpy().tolist()
    assert found == [spelt.encode()] * len(texts)


def test_an_unknown_spelling_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="unknown spelling 'roman'; expected integer, boolean"):
        CategorySpelling("roman")


def test_a_saved_layer_spells_alike() -> None:
    config = keras.saving.serialize_keras_object(CategorySpelling("integer"))
    assert keras.saving.deserialize_keras_object(config)(tf.constant("1.0")).numpy() == b"1"
