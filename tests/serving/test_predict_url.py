"""`python -m intent_tf.predict URL` asks a served model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from intent_tf.errors import InputError
from intent_tf.predict import PredictConfig, main


def test_a_served_model_scores_a_file(events, rest_url, tmp_path) -> None:
    data, out = tmp_path / "rows.parquet", tmp_path / "scored.parquet"
    events.rows.to_parquet(data)
    main([rest_url, "--data", str(data), "--out", str(out), "--quiet"])
    scored = pd.read_parquet(out)
    np.testing.assert_allclose(scored["intent_strength"], events.probabilities, rtol=0, atol=1e-6)


def test_a_batch_holds_at_least_one_row() -> None:
    with pytest.raises(InputError, match="batch_size is 0; expected at least 1"):
        PredictConfig(data="rows.csv", out="scored.csv", batch_size=0)
