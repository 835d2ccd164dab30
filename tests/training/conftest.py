"""A table without texts and sessions, whose models are traced in no time."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from intent_tf.features.prepared import PreparedData


@pytest.fixture(scope="session")
def table_data(shop: pd.DataFrame, prepare_shop: Callable[..., PreparedData]) -> PreparedData:
    """The shop's numbers and categories, prepared."""
    return prepare_shop(shop, drop=["title", "event_type", "elapsed", "price"], kinds={"browser": "category"})
