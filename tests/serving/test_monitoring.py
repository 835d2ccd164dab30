"""Prometheus' text format."""

from __future__ import annotations

import numpy as np

from intent_tf.serving.monitoring import Monitoring


def test_buckets_are_cumulative_and_end_with_all() -> None:
    monitoring = Monitoring()
    for seconds in (0.0005, 0.001, 0.3, 60.0):
        monitoring.request("rest", "200", seconds)
    lines = monitoring.page(version=7).splitlines()
    buckets = [line.split()[-1] for line in lines if line.startswith("intent_tf_request_seconds_bucket")]
    assert buckets == ["2", "2", "2", "2", "2", "2", "2", "2", "3", "3", "3", "3", "4"]
    assert 'intent_tf_request_seconds_count{api="rest"} 4' in lines
    assert 'intent_tf_requests_total{api="rest",status="200"} 4' in lines
    assert "intent_tf_model_version 7" in lines


def test_strengths_are_counted_by_tenths() -> None:
    monitoring = Monitoring()
    monitoring.probabilities(np.array([0.05, 0.1, 0.95]))
    lines = monitoring.page(version=1).splitlines()
    assert 'intent_tf_strength_bucket{le="0.1"} 2' in lines
    assert 'intent_tf_strength_bucket{le="1.0"} 3' in lines
    assert "intent_tf_strength_count 3" in lines
