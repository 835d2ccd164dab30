from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.layers.zone_offsets import ZoneOffsets

BERLIN = ZoneOffsets("Europe/Berlin")
ZONE, EPOCH = ZoneInfo("Europe/Berlin"), datetime(1970, 1, 1)
SECONDS = st.integers(-20 * 366 * 86400, 120 * 365 * 86400)
MOMENTS = SECONDS.map(lambda each: EPOCH + timedelta(seconds=each))


@settings(deadline=None)
@given(moment=MOMENTS)
def test_the_offset_of_a_clock_is_pythons(moment: datetime) -> None:
    told = BERLIN.of_wall(tf.constant([(moment - EPOCH).total_seconds()], tf.float64)).numpy()[0]
    assert told == moment.replace(tzinfo=ZONE).utcoffset().total_seconds()  # type: ignore[union-attr]


@settings(deadline=None)
@given(moment=MOMENTS)
def test_the_offset_of_an_instant_is_pythons(moment: datetime) -> None:
    told = BERLIN.of_instant(tf.constant([(moment - EPOCH).total_seconds()], tf.float64)).numpy()[0]
    assert told == moment.replace(tzinfo=UTC).astimezone(ZONE).utcoffset().total_seconds()  # type: ignore[union-attr]


def test_the_hour_that_comes_twice_is_taken_for_the_first() -> None:
    seconds = (datetime(2023, 10, 29, 2, 30) - EPOCH).total_seconds()
    assert BERLIN.of_wall(tf.constant([seconds, seconds + 1800], tf.float64)).numpy().tolist() == [7200, 3600]
