from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.errors import InputError
from intent_tf.layers.calibrator import CALIBRATOR_KINDS, Calibrator

probabilities = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=30)


def fitted(kind):
    calibrator = Calibrator(kind, knots=4)
    calibrator.build((None,))
    values = {
        "scale": 0.5,
        "powers": [0.5, 2.0],
        "offset": -1.0,
        "x": [0.2, 0.4, 0.8, 0.8],
        "y": [0.1, 0.2, 0.6, 0.6],
    }
    for weight in calibrator.weights:
        weight.assign(values[weight.name])
    return calibrator


def apply(calibrator, values):
    return calibrator(np.array(values, np.float32)).numpy()


@pytest.mark.parametrize("kind", CALIBRATOR_KINDS)
@settings(deadline=None, max_examples=30)
@given(values=probabilities)
def test_a_new_calibrator_changes_nothing(kind, values):
    assert apply(Calibrator(kind), values) == pytest.approx(values, abs=3e-7)


def test_identity_returns_the_very_bits():
    values = np.float32([0.0, 1e-38, 0.3, 1.0])
    assert (apply(Calibrator("identity"), values) == values).all()


def test_temperature_halves_the_logits():
    # logit(0.9) = log 9; half of it is log 3, a probability of 3/4.
    assert apply(fitted("temperature"), [0.5, 0.9, 0.1]) == pytest.approx([0.5, 0.75, 0.25])


def test_platt_adds_its_offset_to_the_logits():
    assert apply(fitted("platt"), [0.5, 0.9]) == pytest.approx([1 / (1 + np.e), 1 / (1 + np.e / 3)])


def test_beta_weighs_both_logarithms_apart():
    # Half of ln 0.5, less twice ln 0.5, less 1: the odds are 2^1.5 / e.
    odds = 2**1.5 / np.e
    assert apply(fitted("beta"), [0.5]) == pytest.approx([odds / (1 + odds)])


def test_isotonic_is_linear_between_knots_and_constant_outside():
    values = [0.0, 0.2, 0.3, 0.4, 0.5, 0.8, 1.0]
    assert apply(fitted("isotonic"), values) == pytest.approx([0.1, 0.1, 0.15, 0.2, 0.3, 0.6, 0.6])


def test_two_knots_at_one_strength_make_a_step():
    calibrator = fitted("isotonic")
    calibrator.x.assign([0.2, 0.5, 0.5, 0.8])
    calibrator.y.assign([0.1, 0.1, 0.7, 0.7])
    assert apply(calibrator, [0.49, 0.51]) == pytest.approx([0.1, 0.7])


@pytest.mark.parametrize("kind", CALIBRATOR_KINDS)
@settings(deadline=None, max_examples=30)
@given(values=probabilities)
def test_a_higher_strength_is_never_calibrated_lower(kind, values):
    # TensorFlow rounds a sigmoid at the end of a batch, past the last full vector, otherwise than inside.
    whole_vectors = np.pad(sorted(values), (0, -len(values) % 16), mode="edge")
    calibrated = apply(fitted(kind), whole_vectors)[: len(values)]
    assert (np.diff(calibrated) >= -2e-7 * calibrated[1:]).all()
    assert ((calibrated >= 0) & (calibrated <= 1)).all()


@pytest.mark.parametrize("kind", CALIBRATOR_KINDS)
def test_strengths_0_and_1_stay_finite(kind):
    assert np.isfinite(apply(fitted(kind), [0.0, 1.0])).all()


@pytest.mark.parametrize("kind", CALIBRATOR_KINDS)
def test_training_leaves_the_parameters_alone(kind):
    assert fitted(kind).trainable_weights == []


def model_with(calibrator):
    probability = keras.Input((), name="probability")
    return keras.Model(probability, calibrator(probability))


@pytest.mark.parametrize("kind", CALIBRATOR_KINDS)
def test_the_keras_file_gives_the_same_strengths(kind, tmp_path):
    model = model_with(fitted(kind))
    model.save(tmp_path / "model.keras")
    values = np.linspace(0, 1, 101, dtype=np.float32)
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    assert (reloaded(values).numpy() == model(values).numpy()).all()


@pytest.mark.parametrize("kind", CALIBRATOR_KINDS)
def test_the_saved_model_gives_the_same_strengths(kind, tmp_path):
    model = model_with(fitted(kind))
    model.export(tmp_path, verbose=False)
    values = np.linspace(0, 1, 101, dtype=np.float32)
    reloaded = tf.saved_model.load(tmp_path)
    assert reloaded.serve(values).numpy() == pytest.approx(model(values).numpy(), abs=1e-7)


def test_its_graph_searches_nothing_and_calls_no_python():
    @tf.function(input_signature=[tf.TensorSpec((None,))])
    def graph(probability):
        return calibrator(probability)

    calibrator = fitted("isotonic")
    operations = {operation.type for operation in graph.get_concrete_function().graph.get_operations()}
    assert not {"PyFunc", "EagerPyFunc", "While", "StatefulPartitionedCall"} & operations


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(
        InputError, match="'gamma'; expected one of identity, temperature, platt, beta, isotonic"
    ):
        Calibrator("gamma")


def test_one_knot_is_too_few():
    with pytest.raises(InputError, match="1 knots; expected at least 2"):
        Calibrator("isotonic", knots=1)
