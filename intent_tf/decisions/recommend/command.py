"""`python -m intent_tf.decide recommend`: items for sessions, beside what needs no model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from intent_tf.data.tables import read_table
from intent_tf.decisions.log_config import read_log, results_folder
from intent_tf.decisions.log_periods import split_by_time
from intent_tf.decisions.plot import save
from intent_tf.decisions.recommend.caused import AFTER, purchases_caused
from intent_tf.decisions.recommend.evaluate import OURS, compare_rankings, differences, rankings
from intent_tf.decisions.recommend.metrics import hits, ranking_metrics
from intent_tf.decisions.recommend.recommendation_times import recommendation_times
from intent_tf.decisions.recommend.recommender import Recommender
from intent_tf.errors import InputError
from intent_tf.options.decide import LogConfig, RecommendConfig


def run(log_config: LogConfig, config: RecommendConfig) -> Path:
    """Learn from a log's past, recommend in what came after, print and write it, and return the folder."""
    folder = results_folder(log_config, "recommend")
    log = read_log(log_config)
    past, future = split_by_time(log, config.known)
    prediction_times = recommendation_times(
        log, config.target, since=future["timestamp"].min(), bought_days=config.bought_days
    )
    recommender = Recommender.fit(
        past,
        config.target,
        catalogue=_catalogue(config.catalogue),
        candidates=config.candidates,
        seed=log_config.seed,
    )
    ways = rankings(recommender, prediction_times)
    table = compare_rankings(ways, prediction_times, recommender.items.index, config.count)
    against = differences(ways, prediction_times, config.count)
    wanting = prediction_times["wanted"].map(len) > 0
    print(
        f"{wanting.sum():,} of {len(prediction_times):,} prediction times want an item; "
        f"{config.count} items are shown at each"
    )
    print(table.round(4).to_string(), "\n")
    print("by probability, less a rival (95 % interval over users)")
    print(against.round(4).to_string(index=False))
    if log_config.log is None:  # the simulated shop, whose truth is known
        shown = prediction_times[prediction_times["events"] == AFTER].reset_index(drop=True)
        caused = purchases_caused(shown, recommender.session_model.predict(shown), log)
        print(f"\npurchases caused a thousand sessions by showing recommendations after event {AFTER}")
        print(caused.round(2).T.to_string())
        caused.to_csv(folder / "caused.csv")
    last = prediction_times.drop_duplicates("session_id", keep="last")
    recommender.recommend(last, config.count).to_csv(folder / "recommendations.csv", index=False)
    table.to_csv(folder / "metrics.csv", index_label="way")
    against.to_csv(folder / "differences.csv", index=False)
    save(lambda axes: draw_recall(axes, ways, prediction_times, config.candidates), folder / "recall.svg")
    return folder


def draw_recall(
    axes: Axes, ways: Mapping[str, pd.DataFrame], prediction_times: pd.DataFrame, most: int = 40
) -> None:
    """Draw the share of wanted items that are shown, against how many are shown."""
    counts = range(1, most + 1)
    for name, ranked in ways.items():
        ranks = hits(ranked, prediction_times)
        recall = [ranking_metrics(ranks, count)["recall"].mean() for count in counts]
        axes.plot(counts, recall, label=name, linewidth=2.5 if name == OURS else 1.2)
    axes.set(xlabel="items shown", ylabel="recall of wanted items", ylim=(0, None))
    axes.legend(frameon=False, fontsize=8)


def _catalogue(path: str | None) -> pd.DataFrame | None:
    if path is None:
        return None
    table = read_table(path).frame
    if "item_id" not in table.columns:
        raise InputError("no column 'item_id'", file=path, expected="item_id, title and price")
    return table.assign(item_id=table["item_id"].astype("str")).set_index("item_id")
