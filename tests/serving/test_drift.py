"""The drift of the score distribution."""

from __future__ import annotations

import math

import numpy as np

from intent_tf.serving.drift import Drift, write_reference


def test_the_index_is_the_sum_over_bins() -> None:
    drift = Drift(edges=[0.5], shares=[0.5, 0.5])
    drift.add(np.array([0.1] * 30 + [0.9] * 70))
    recent, reference = np.array([30.5, 70.5]) / 101, np.array([0.5, 0.5])
    assert math.isclose(drift.index(), np.sum((recent - reference) * np.log(recent / reference)))


def test_few_strengths_say_nothing() -> None:
    drift = Drift(edges=[0.5], shares=[0.5, 0.5])
    drift.add(np.full(99, 0.1))
    assert math.isnan(drift.index())


def test_old_strengths_are_forgotten() -> None:
    drift = Drift(edges=[0.5], shares=[0.5, 0.5], window=200)
    drift.add(np.full(200, 0.1))
    drift.add(np.array([0.1, 0.9] * 100))
    assert drift.index() == 0.0


def test_the_same_strengths_have_not_drifted(tmp_path) -> None:
    probabilities = np.random.default_rng(0).beta(1, 5, 1000).astype("float32")
    write_reference(tmp_path, probabilities)
    drift = Drift.read(tmp_path)
    drift.add(probabilities)
    assert drift.index() < 1e-6


def test_other_strengths_have_drifted(tmp_path) -> None:
    generator = np.random.default_rng(0)
    write_reference(tmp_path, generator.beta(1, 5, 1000))
    drift = Drift.read(tmp_path)
    drift.add(generator.beta(5, 1, 1000))
    assert drift.index() > 0.25


def test_one_strength_for_all_is_a_reference_too(tmp_path) -> None:
    write_reference(tmp_path, np.full(50, 0.25))
    drift = Drift.read(tmp_path)
    drift.add(np.full(100, 0.25))
    assert drift.index() < 1e-3


def test_a_version_without_a_reference_has_no_drift(tmp_path) -> None:
    assert Drift.read(tmp_path) is None
