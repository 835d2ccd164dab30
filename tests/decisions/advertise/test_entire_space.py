from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from intent_tf.decisions.advertise.entire_space import EntireSpaceModel, fit_entire_space
from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig

#: Closed form: with one category as the only feature, the best rates are those counted in each category.
CLICKS = {"small": 0.2, "large": 0.6}
CONVERSIONS = {"small": 0.75, "large": 0.25}


def _impressions(rows: int = 4000) -> pd.DataFrame:
    """Impressions whose rates are exact in each category, clicked or not in turns."""
    index = np.arange(rows // 2) / (rows // 2)
    parts = []
    for size in CLICKS:
        click = index < CLICKS[size]
        both = index < CLICKS[size] * CONVERSIONS[size]
        parts.append(pd.DataFrame({"size": size, "click": click, "click_and_purchase": both}))
    table = pd.concat(parts, ignore_index=True).astype({"click": int, "click_and_purchase": int})
    return table.assign(user_id=[f"u{row}" for row in range(rows)]).sample(frac=1, random_state=0)


@pytest.fixture(scope="module")
def model() -> EntireSpaceModel:
    training = TrainingConfig(epochs=6, ensemble_size=2, batch_size=64, learning_rate=0.01, dropout=0)
    return fit_entire_space(_impressions(), training=training)


@pytest.mark.guard
def test_the_rates_are_those_of_the_closed_form(model: EntireSpaceModel) -> None:
    rates = model.rates(pd.DataFrame({"size": list(CLICKS)}))
    np.testing.assert_allclose(rates["ctr"], list(CLICKS.values()), atol=0.04)
    np.testing.assert_allclose(rates["cvr"], list(CONVERSIONS.values()), atol=0.06)
    np.testing.assert_allclose(rates["ctcvr"], [0.15, 0.15], atol=0.03)


def test_both_is_the_product_of_its_factors_and_never_more_than_the_click(model: EntireSpaceModel) -> None:
    rates = model.rates(_impressions(40))
    np.testing.assert_allclose(rates["ctcvr"], rates["ctr"] * rates["cvr"], rtol=1e-6)
    assert rates.to_numpy().min() >= 0 and rates.to_numpy().max() <= 1


def test_each_member_multiplies_its_own_factors(model: EntireSpaceModel) -> None:
    features = model.preprocessor(model.preprocessor.dummy_inputs())
    factors = 1 / (1 + np.exp(-model.logits(features, training=False).numpy()))
    expected = np.stack([factors[..., 0], factors[..., 0] * factors[..., 1]], axis=-1).mean(axis=1)
    np.testing.assert_allclose(model(features).numpy(), expected, rtol=1e-5)


def test_a_saved_model_states_the_same(model: EntireSpaceModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    rows = pd.DataFrame({"size": ["small", "large", "unknown"]})
    np.testing.assert_allclose(again.predict(rows), model.predict(rows), atol=1e-6)


def test_impressions_without_a_conversion_teach_nothing() -> None:
    with pytest.raises(InputError, match="column 'click_and_purchase': the label is missing or always"):
        fit_entire_space(_impressions(40).assign(click_and_purchase=0))


def test_a_conversion_without_a_click_is_refused() -> None:
    with pytest.raises(InputError, match="a row is 1 without a click"):
        fit_entire_space(_impressions(40).assign(click=lambda table: 1 - table["click"]))
