"""The decisions, each with the event log that it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intent_tf.errors import InputError

Treatment = Literal["recommendation", "coupon", "reminder"]
Target = Literal["buy", "view"]


@dataclass(frozen=True)
class LogConfig:
    """The event log and the results.

    Args:
        log: Event log: a .csv, .jsonl or .parquet file, a folder or a pattern; a shop is simulated without.
        adapter: Known publisher of the log (dmc2013, ga4, otto, rees46, retailrocket, taobao, yoochoose).
        columns: Column of the log for each field, such as user_id=visitor,timestamp=ts.
        event_types: What the log's event types mean, such as view=detail,transaction=purchase.
        sessions: Sessions to simulate where no log is given.
        out: Folder for tables and plot; the default is decisions/ and the name of the decision.
        seed: Of everything random.
    """

    log: str | None = None
    adapter: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    event_types: Mapping[str, str] = field(default_factory=dict)
    sessions: int = 3000
    out: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class AdvertiseConfig:
    """The advertisements.

    Args:
        known: Share of the prediction times (and of the trial) that is learnt from, in (0, 1); the later rest
            tests.
        value: Value of a purchase, in the currency of bids.
        budget: Budget as a share of what bidding without one would spend, from 0 on.
        treatment: What the simulated shop tries: coupon, recommendation or reminder.
        trial_sessions: Sessions of that trial.
        treated: Share of the shoppers who can be treated, in (0, 1).
    """

    known: float = 0.7
    value: float = 20.0
    budget: float = 0.2
    treatment: Treatment = "coupon"
    trial_sessions: int = 12_000
    treated: float = 0.3

    def __post_init__(self) -> None:
        for name in ("known", "treated"):
            if not 0 < getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="a share in (0, 1)")
        if not self.value > 0:
            raise InputError(f"value is {self.value}", expected="an amount above 0")
        if not self.budget >= 0:
            raise InputError(f"budget is {self.budget}", expected="a share from 0 on; with 0 nothing is won")


@dataclass(frozen=True)
class ChurnConfig:
    """The alarm.

    Args:
        horizon: Days without any event after which a user has churned; 0.007 (10 minutes) suits a log of
            three hours.
        longest_silence: Horizons of silence after which a user is given up and no longer looked at.
        prediction_times: PredictionTimes, a horizon apart, whose users are used; the last one is foretold.
        alarms: Share of the users on the alarm list, in (0, 1].
    """

    horizon: float = 7.0
    longest_silence: float = 4.0
    prediction_times: int = 5
    alarms: float = 0.1

    def __post_init__(self) -> None:
        if not (self.horizon > 0 and self.longest_silence > 0):
            raise InputError(
                f"horizon is {self.horizon}, longest_silence {self.longest_silence}", expected="more than 0"
            )
        if not (0 < self.alarms <= 1 and self.prediction_times >= 2):
            raise InputError(
                f"alarms is {self.alarms}, prediction times {self.prediction_times}",
                expected="a share in (0, 1], 2 or more",
            )


@dataclass(frozen=True)
class ExperimentConfig:
    """The experiment.

    Args:
        name: Name of the experiment; another one assigns the users anew.
        share: Share of users who are treated, in (0, 1).
        known: Share of the log's events before the experiment begins, in (0, 1).
        metric: What is compared: purchase (share of users who buy) or events (number of events a user).
        effect: Probability that the treatment makes a user buy who else would not; 0 is an A/A test.
        lift: Relative difference worth finding, for the sample size.
        power: Probability to find it, in (0, 1).
        alpha: Probability of a false alarm, in (0, 1).
        looks: Looks at the running experiment.
    """

    name: str = "experiment"
    share: float = 0.5
    known: float = 0.5
    metric: Literal["purchase", "events"] = "purchase"
    effect: float = 0.0
    lift: float = 0.1
    power: float = 0.8
    alpha: float = 0.05
    looks: int = 20

    def __post_init__(self) -> None:
        if not 0 <= self.effect <= 1:
            raise InputError(f"effect is {self.effect}", expected="a probability in [0, 1]")


@dataclass(frozen=True)
class PolicyConfig:
    """The decisions.

    Args:
        actions: Table of what was done in the sessions of --log (session_id, events, action, propensity,
            reward); without a log the simulated shop tries its own four actions.
        trial_sessions: Sessions of the simulated trial.
        after: Number of the event after which the simulated shop acts.
        components: Directions of the model's last layer that a bandit sees.
        exploration: Width of the bandits' bounds, in standard deviations of the reward.
        floor: Share of rounds in which any action is drawn.
        runs: Repetitions with other orders and rewards.
        alpha: One less the confidence of the intervals, in (0, 1).
    """

    actions: str | None = None
    trial_sessions: int = 20_000
    after: int = 4
    components: int = 2
    exploration: float = 1.0
    floor: float = 0.02
    runs: int = 5
    alpha: float = 0.05


@dataclass(frozen=True)
class RecommendConfig:
    """The recommendations.

    Args:
        target: What they are to lead to: buy (a cart or purchase in the session) or view (of items that are
            new to the session).
        count: Recommendations a session.
        candidates: Items a session that are ranked by probability.
        known: Share of the log's events that is learnt from, in (0, 1); the rest tests.
        bought_days: Days for which a bought item is not offered again to its buyer.
        catalogue: Table of further items on sale, with the columns item_id, title and price.
    """

    target: Target = "buy"
    count: int = 10
    candidates: int = 40
    known: float = 0.7
    bought_days: float = 30.0
    catalogue: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= self.candidates:
            raise InputError(
                f"{self.count} recommendations of {self.candidates} candidates",
                expected="from 1 to all of them",
            )
        if not self.bought_days >= 0:
            raise InputError(f"bought_days is {self.bought_days}", expected="0 or more days")


@dataclass(frozen=True)
class SegmentConfig:
    """The segments.

    Args:
        segments: How many; chosen by silhouette and stability unless given.
        most_segments: Most that are tried.
        assign_with: JSON file of an earlier run; users are assigned by it and nothing is fitted.
    """

    segments: int | None = None
    most_segments: int = 8
    assign_with: str | None = None

    def __post_init__(self) -> None:
        if self.most_segments < 2:
            raise InputError(f"most_segments is {self.most_segments}", expected="at least 2")


@dataclass(frozen=True)
class StockConfig:
    """The orders.

    Args:
        period: Hours that an order has to last.
        season: Periods of a season: 7 for days, 24 for hours, 1 for none.
        items: Items, those bought most in the first half.
        underage: What a missing piece costs.
        overage: What a piece left over costs.
        training_sessions: Sessions, at most, that the model of intent is trained on, the last ones of the
            first half.
    """

    period: float = 24.0
    season: int = 7
    items: int = 20
    underage: float = 3.0
    overage: float = 1.0
    training_sessions: int = 3000

    def __post_init__(self) -> None:
        if not (self.period > 0 and self.season >= 1 and self.items >= 1 and self.training_sessions >= 1):
            raise InputError(
                f"period is {self.period}, season {self.season}, items {self.items}",
                expected="more than 0",
            )
