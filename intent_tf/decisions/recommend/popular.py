"""What all users like, for everybody: also for who has done nothing yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from intent_tf.decisions.recommend.ranked import ranked


@dataclass(frozen=True)
class Popular:
    """Proposes the most popular items.

    Args:
        items: All items, the most popular first, as `item_table` orders them.
    """

    items: pd.Index

    def rank(self, prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
        """Propose items; see `Source.rank`."""
        best = self.items[:count].to_numpy(object)
        return ranked(
            prediction_times.index.to_numpy().repeat(len(best)), np.tile(best, len(prediction_times))
        )
