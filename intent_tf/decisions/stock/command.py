"""`python -m intent_tf.decide stock`: how much of each item to order for the next period."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from intent_tf.data.examples import prepare_examples
from intent_tf.decisions.intent import fit_model
from intent_tf.decisions.log_config import read_busy_log, results_folder
from intent_tf.decisions.plot import save
from intent_tf.decisions.stock.demand import ALL, demand_table, most_bought
from intent_tf.decisions.stock.evaluate import FORECAST, NAIVE, WITH_PROBABILITIES, Costs, replay, summary
from intent_tf.decisions.stock.open_sessions import UNTIL_PURCHASE, open_probabilities
from intent_tf.options.decide import LogConfig, StockConfig


def run(log_config: LogConfig, config: StockConfig) -> Path:
    """Replay the orders of the log's last quarter, print what they cost, and return the folder."""
    folder, log = results_folder(log_config, "stock"), read_busy_log(log_config)
    costs, period = Costs(config.underage, config.overage), pd.Timedelta(hours=config.period)
    middle, late = (log["timestamp"].iloc[int(share * len(log))] for share in (0.5, 0.75))
    past = log[log["timestamp"] < middle]
    items = most_bought(past, config.items)
    demand = demand_table(log, period, items)
    first, test = (int(demand.index.searchsorted(prediction_time)) for prediction_time in (middle, late))
    recent = past["session_id"].drop_duplicates().tail(config.training_sessions)
    examples = prepare_examples(past[past["session_id"].isin(recent)], UNTIL_PURCHASE).examples
    model = fit_model(examples, seed=log_config.seed)
    probabilities = open_probabilities(model.predict, log, list(demand.index[first:]), items)
    orders = replay(demand, probabilities, first, test, config.season, costs)
    costs_by_way = summary(orders)
    pieces = demand[items].to_numpy().mean()
    print(
        f"{len(items)} items, {pieces:.2f} pieces an item and period; {len(demand)} periods of "
        f"{config.period:g} h, the last {len(demand) - test} are tested\n"
    )
    print(costs_by_way.round(4).to_string(), "\n")
    print(cost_differences(orders, log_config.seed).round(4).to_string())
    orders.to_csv(folder / "orders.csv", index=False)
    costs_by_way.to_csv(folder / "costs.csv")
    save(lambda axes: draw_orders(axes, orders), folder / "orders.svg")
    return folder


def cost_differences(orders: pd.DataFrame, seed: int = 0, repeats: int = 2000) -> pd.DataFrame:
    """Compare the mean cost of the ways, by a bootstrap of whole periods.

    Args:
        orders: Orders and their costs, from `replay`.
        seed: Seed of the samples.
        repeats: Number of bootstrap samples.

    Returns:
        For single items and all items, each way against those before it: ``difference`` (below 0 is cheaper),
        ``low`` and ``high`` of its 95 % interval.
    """
    generator, rows = np.random.default_rng(seed), []
    kind = orders["item"].eq(ALL).map({True: ALL, False: "single items"})
    costs = orders.groupby([kind.rename("demand for"), "way", "period"])["cost"].mean().unstack("period")
    for what in kind.unique():
        for way, other in ((FORECAST, NAIVE), (WITH_PROBABILITIES, NAIVE), (WITH_PROBABILITIES, FORECAST)):
            values = (costs.loc[(what, way)] - costs.loc[(what, other)]).to_numpy()
            drawn = values[generator.integers(len(values), size=(repeats, len(values)))].mean(axis=1)
            low, high = np.quantile(drawn, [0.025, 0.975])
            rows.append(
                {
                    "demand for": what,
                    "way": way,
                    "against": other,
                    "difference": values.mean(),
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows).set_index(["demand for", "way", "against"])


def draw_orders(axes: Axes, orders: pd.DataFrame) -> None:
    """Draw demand and orders for all items together, by period."""
    together = orders[orders["item"].eq(ALL)]
    real = together.drop_duplicates("period")
    axes.bar(np.arange(len(real)), real["demand"], color="0.85", label="demand")
    for way in (NAIVE, WITH_PROBABILITIES):
        ordered = together.loc[together["way"].eq(way), "order"]
        axes.plot(np.arange(len(ordered)), ordered, marker="o", label=f"order: {way}")
    axes.set(xlabel="test period", ylabel="pieces", ylim=(0, None))
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
