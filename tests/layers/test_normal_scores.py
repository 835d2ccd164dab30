from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import norm, rankdata, spearmanr

from intent_tf.layers.normal_scores import NormalScores


def scores_of(layer: NormalScores, column: list[float]) -> np.ndarray:
    return layer(np.array(column, "float32")[:, None])[0].numpy().ravel()


def adapted(column: list[float] | np.ndarray, knots: int = 256) -> NormalScores:
    layer = NormalScores(knots)
    layer.adapt(np.array(column, "float32")[:, None])
    return layer


def test_each_distinct_value_scores_the_normal_quantile_of_its_rank() -> None:
    layer = adapted([3.0, 1.0, 2.0, 4.0])
    np.testing.assert_allclose(
        scores_of(layer, [1, 2, 3, 4]), norm.ppf([0.125, 0.375, 0.625, 0.875]), rtol=1e-6
    )


def test_equal_values_share_the_middle_of_their_ranks() -> None:
    layer = adapted([0.0] * 8 + [5.0, 7.0])
    np.testing.assert_allclose(scores_of(layer, [0, 5, 7]), norm.ppf([0.4, 0.85, 0.95]), rtol=1e-6)


def test_between_two_values_the_score_is_linear() -> None:
    layer = adapted([0.0, 10.0])
    low, between, high = scores_of(layer, [0.0, 2.5, 10.0])
    assert between == pytest.approx(low + 0.25 * (high - low))


def test_beyond_the_ends_the_score_stays_what_it_is_at_the_end() -> None:
    layer = adapted([1.0, 2.0, 3.0])
    assert scores_of(layer, [-1e9, 1e9]).tolist() == scores_of(layer, [1.0, 3.0]).tolist()


def test_the_outermost_thousandth_of_the_rows_is_winsorised() -> None:
    layer = adapted(np.arange(1.0, 10_001.0), knots=20_000)
    low = scores_of(layer, [1.0, 10.0, 11.0])
    np.testing.assert_allclose(low, norm.ppf([0.0005, 0.0005, 0.00105]), rtol=1e-5)


def test_an_absurd_value_does_not_move_the_others() -> None:
    column = np.random.default_rng(0).normal(size=5000)
    spoilt = column.copy()
    spoilt[np.argmax(column)] = 1e30
    probe = [-2.0, 0.0, 2.0]
    np.testing.assert_allclose(
        scores_of(adapted(column), probe), scores_of(adapted(spoilt), probe), rtol=1e-5
    )


def test_few_knots_follow_the_exact_scores_to_within_two_hundredths() -> None:
    column = np.random.default_rng(0).lognormal(sigma=2.0, size=20_000).astype("float32")
    exact = np.clip(norm.ppf((rankdata(column) - 0.5) / len(column)), norm.ppf(0.0005), norm.ppf(0.9995))
    assert np.abs(scores_of(adapted(column), column) - exact)[np.abs(exact) < 3].max() < 0.02


@settings(max_examples=40, deadline=None)
@given(
    arrays.arrays(
        np.float32, st.integers(1, 60), elements=st.floats(-1e6, 1e6, width=32, allow_subnormal=False)
    )
)
def test_scores_of_training_rows_are_those_of_the_mid_ranks(column: np.ndarray) -> None:
    expected = norm.ppf((rankdata(column) - 0.5) / len(column))
    np.testing.assert_allclose(scores_of(adapted(column), column), expected, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9, width=32), min_size=1, max_size=50), st.integers(2, 8))
def test_a_greater_number_never_scores_less(column: list[float], knots: int) -> None:
    probe = np.sort(np.concatenate([column, np.linspace(-2e9, 2e9, 50)]))
    assert (np.diff(scores_of(adapted(column, knots), probe)) >= -1e-6).all()


@pytest.mark.parametrize("gap", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_missing_and_scores_zero(gap: float) -> None:
    scores, missing = adapted([1.0, 2.0, 9.0])(np.array([[gap], [1.0]], "float32"))
    assert (scores.numpy()[0, 0], missing.numpy().ravel().tolist()) == (0.0, [1.0, 0.0])


def test_missing_training_rows_do_not_count() -> None:
    probe = [1.0, 1.5, 2.0]
    gaps = adapted([1.0, np.nan, 2.0, np.inf, np.nan])
    assert scores_of(gaps, probe).tolist() == scores_of(adapted([1.0, 2.0]), probe).tolist()


@pytest.mark.parametrize("column", [[7.0, 7.0, 7.0], [np.nan, np.nan]], ids=["constant", "all missing"])
def test_a_column_that_says_nothing_scores_zero_everywhere(column: list[float]) -> None:
    assert scores_of(adapted(column), [-5.0, 7.0, 1e20]).tolist() == [0.0, 0.0, 0.0]


def test_columns_are_scored_apart() -> None:
    matrix = np.random.default_rng(0).normal(size=(50, 3)).astype("float32") * [1, 100, 1e-3]
    together = NormalScores()
    together.adapt(matrix)
    apart = [scores_of(adapted(column), column) for column in matrix.T]
    np.testing.assert_array_equal(together(matrix)[0].numpy(), np.transpose(apart))


def test_a_table_without_number_columns_passes() -> None:
    layer = NormalScores()
    layer.adapt(np.zeros((5, 0), "float32"))
    scores, missing = layer(np.zeros((2, 0), "float32"))
    assert scores.shape == missing.shape == (2, 0)


def test_half_precision_does_not_round_the_raw_numbers() -> None:
    layer = NormalScores(dtype="mixed_bfloat16")
    layer.adapt(np.array([[1000.0], [1001.0], [1002.0]], "float32"))
    assert len(set(scores_of(layer, [1000.0, 1001.0, 1002.0]))) == 3


def test_a_saved_model_scores_the_same(tmp_path: Path) -> None:
    matrix = np.random.default_rng(1).lognormal(size=(500, 4)).astype("float32")
    matrix[::7, 1] = np.nan
    layer = NormalScores(knots=64)
    layer.adapt(matrix)
    inputs = keras.Input((4,))
    model = keras.Model(inputs, list(layer(inputs)))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    for before, after in zip(model(matrix), restored(matrix), strict=True):
        np.testing.assert_array_equal(before, after)


def test_fewer_than_two_knots_are_refused() -> None:
    with pytest.raises(ValueError, match="`knots` is 1"):
        NormalScores(1)


def test_a_column_alone_is_no_matrix() -> None:
    with pytest.raises(ValueError, match=r"takes \(rows, columns\), received the shape \(3,\)"):
        NormalScores().adapt(np.zeros(3))


def test_the_order_of_real_page_values_is_kept(shoppers: np.ndarray) -> None:
    layer = adapted(shoppers)
    assert spearmanr(scores_of(layer, shoppers), shoppers).statistic > 0.9999


@pytest.fixture
def shoppers() -> np.ndarray:
    import os

    import pandas as pd

    folder = os.environ.get("INTENT_TF_DATA")
    if folder is None:
        pytest.skip("INTENT_TF_DATA names no folder with the data sets")
    (file,) = Path(folder, "uci-online-shoppers").glob("*.csv")
    return pd.read_csv(file)["PageValues"].to_numpy("float32")
