"""What this user has looked at, the last first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from intent_tf.decisions.recommend.ranked import ranked


class LastViewed:
    """Proposes the items of the session, then those of the user's earlier sessions, the last first."""

    def rank(self, prediction_times: pd.DataFrame, count: int) -> pd.DataFrame:
        """Propose items; see `Source.rank`."""
        seen = [
            list(dict.fromkeys(item for item in [*history, *session][::-1] if item))[:count]
            for history, session in zip(prediction_times["history"], prediction_times["item_id"], strict=True)
        ]
        lengths = [len(each) for each in seen]
        items = np.array([item for each in seen for item in each], object)
        return ranked(prediction_times.index.to_numpy().repeat(lengths), items)
