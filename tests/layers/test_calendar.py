from datetime import datetime

import numpy as np
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.layers.calendar import calendar_phases


@settings(deadline=None)
@given(moment=st.datetimes(datetime(1800, 1, 1), datetime(2199, 12, 31, 23, 59, 59)))
def test_phases_are_those_of_pythons_calendar(moment: datetime) -> None:
    seconds = (moment - datetime(1970, 1, 1)).total_seconds()
    phases = calendar_phases(tf.constant([[seconds]], tf.float64)).numpy()[0, 0]
    hours = moment.hour + moment.minute / 60 + (moment.second + moment.microsecond / 1e6) / 3600
    expected = [(moment.month - 1) / 12, (moment.day - 1) / 31, moment.weekday() / 7, hours / 24]
    np.testing.assert_allclose(phases, expected, rtol=0, atol=1e-9)


def test_a_missing_clock_has_no_phase() -> None:
    phases = calendar_phases(tf.constant([[np.nan, 0.0]], tf.float64)).numpy()
    assert np.isnan(phases[0, 0]).all() and phases[0, 1].tolist() == [0, 0, 3 / 7, 0]
