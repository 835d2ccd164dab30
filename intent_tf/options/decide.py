"""The decisions, each with the event log that it is made from."""

from dataclasses import dataclass, field
from typing import Literal

from intent_tf.errors import InputError
from intent_tf.options.checked import (
    Checked,
    Count,
    Natural,
    NotNegative,
    Positive,
    Several,
    Share,
    ShareToOne,
)
from intent_tf.options.input_file import LOG, SEGMENTATION, TABLE
from intent_tf.options.log_reading import LogReading

Treatment = Literal["recommendation", "coupon", "reminder"]
Target = Literal["buy", "view"]


@dataclass(frozen=True)
class LogConfig(LogReading):
    """The event log and the results.

    Args:
        log: Event log: a .csv, .jsonl or .parquet file, a folder or a pattern; a shop is simulated without.
        bot_events: From more events on a session is a bot's and left out; 0 for no limit.
        bot_speed: With at least 10 events at more events a second it is a bot's, too; 0 for no limit.
        sessions: Sessions to simulate where no log is given.
        out: Folder for tables and plot; the default is decisions/ and the name of the decision.
        overwrite: Write into a folder that holds other files too, which stay as they are.
        seed: Of everything random.
    """

    log: str | None = field(default=None, metadata=LOG)
    bot_events: Natural = 1000
    bot_speed: NotNegative = 5.0
    sessions: int = 3000
    out: str | None = None
    overwrite: bool = False
    seed: int = 0


@dataclass(frozen=True)
class AdvertiseConfig(Checked):
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

    known: Share = 0.7
    value: Positive = 20.0
    budget: NotNegative = 0.2
    treatment: Treatment = "coupon"
    trial_sessions: Count = 12_000
    treated: Share = 0.3


@dataclass(frozen=True)
class ChurnConfig(Checked):
    """The alarm.

    Args:
        horizon: Days without any event after which a user has churned; 0.007 (10 minutes) suits a log of
            three hours.
        longest_silence: Horizons of silence after which a user is given up and no longer looked at.
        prediction_times: PredictionTimes, a horizon apart, whose users are used; the last one is foretold.
        alarms: Share of the users on the alarm list, in (0, 1].
    """

    horizon: Positive = 7.0
    longest_silence: Positive = 4.0
    prediction_times: Several = 5
    alarms: ShareToOne = 0.1


@dataclass(frozen=True)
class ExperimentConfig(Checked):
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
    share: Share = 0.5
    known: Share = 0.5
    metric: Literal["purchase", "events"] = "purchase"
    effect: float = 0.0
    lift: float = 0.1
    power: Share = 0.8
    alpha: Share = 0.05
    looks: Count = 20

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.effect <= 1:
            raise InputError(f"effect is {self.effect}", expected="a probability in [0, 1]")


@dataclass(frozen=True)
class PolicyConfig(Checked):
    """The decisions.

    Args:
        actions: Table of what was done in the sessions of --log (session_id, events, action, propensity,
            reward); without a log the simulated shop tries its own four actions.
        trial_sessions: Sessions of the simulated trial.
        after: Number of the event after which the simulated shop acts.
        components: Directions of the model's last layer that the bandit sees.
        exploration: Width of the bandit's bounds, in standard deviations of the reward.
        floor: Share of rounds in which any action is drawn.
        runs: Repetitions with other orders and rewards.
        alpha: One less the confidence of the intervals, in (0, 1).
    """

    actions: str | None = field(default=None, metadata=TABLE)
    trial_sessions: Count = 20_000
    after: Count = 4
    components: Count = 2
    exploration: float = 1.0
    floor: float = 0.02
    runs: Count = 5
    alpha: Share = 0.05


@dataclass(frozen=True)
class RecommendConfig(Checked):
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
    known: Share = 0.7
    bought_days: NotNegative = 30.0
    catalogue: str | None = field(default=None, metadata=TABLE)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.count <= self.candidates:
            raise InputError(
                f"{self.count} recommendations of {self.candidates} candidates",
                expected="from 1 to all of them",
            )


@dataclass(frozen=True)
class SegmentConfig(Checked):
    """The segments.

    Args:
        segments: How many; chosen by silhouette and stability unless given.
        most_segments: Most that are tried.
        assign_with: JSON file of an earlier run; users are assigned by it and nothing is fitted.
    """

    segments: Count | None = None
    most_segments: Several = 8
    assign_with: str | None = field(default=None, metadata=SEGMENTATION)
