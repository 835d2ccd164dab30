from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.columns.prepared import preprocess_data
from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.intent import IDENTIFIERS
from intent_tf.decisions.policy.contexts import Contexts, last_layer
from intent_tf.errors import InputError
from intent_tf.models.build import build_feature_extractor, build_model, build_predictor
from intent_tf.models.intent_model import IntentModel
from intent_tf.simulator.simulator import simulate

pytestmark = pytest.mark.slow  # a model is built


@pytest.fixture(scope="module")
def untrained() -> tuple[IntentModel, pd.DataFrame]:
    examples = prepare_examples(simulate(150)).examples
    data = preprocess_data(examples, "purchase", drop=IDENTIFIERS)
    predictor = build_predictor(ensemble_size=3)
    return build_model(data, build_feature_extractor(data, output_dim=8, filters=8), predictor), examples


def test_contexts_are_standardised_where_they_were_fitted(
    untrained: tuple[IntentModel, pd.DataFrame],
) -> None:
    model, examples = untrained
    found = Contexts.fit(model, examples, components=3).of(model, examples)
    assert last_layer(model, examples.head(7)).shape == (7, 64)
    assert (found[:, 0] == 1).all() and found.shape[1] == 5
    np.testing.assert_allclose(found[:, 1:].mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(np.cov(found[:, 2:].T), np.eye(3), atol=0.02)


def test_more_components_than_moments_are_refused(untrained: tuple[IntentModel, pd.DataFrame]) -> None:
    model, examples = untrained
    with pytest.raises(InputError, match="9 components of 5 prediction times"):
        Contexts.fit(model, examples.head(5), components=9)
