"""`python -m intent_tf.decide recommend`: items for sessions, beside what needs no model."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from intent_tf.data.tables import read_table
from intent_tf.data.typed_columns import with_numbers
from intent_tf.decisions.event_log import read_log, split_by_time, writes_results
from intent_tf.decisions.plot import save
from intent_tf.decisions.recommend.evaluate import (
    AFTER,
    OURS,
    compare_rankings,
    differences,
    hits,
    purchases_caused,
    ranking_metrics,
    rankings,
)
from intent_tf.decisions.recommend.recommendation_times import recommendation_times
from intent_tf.decisions.recommend.recommender import Recommender
from intent_tf.errors import InputError
from intent_tf.options.decide import LogConfig, RecommendConfig


@writes_results(
    "recommend", "caused.csv", "recommendations.csv", "metrics.csv", "differences.csv", "recall.svg"
)
def run(log_config: LogConfig, config: RecommendConfig, folder: Path) -> None:
    """Learn from a log's past, recommend in what came after, print and write it."""
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
    table = with_numbers(read_table(path).frame)
    if "item_id" not in table.columns:
        raise InputError("no column 'item_id'", file=path, expected="item_id, title and price")
    return table.assign(item_id=table["item_id"].astype("str")).set_index("item_id")
