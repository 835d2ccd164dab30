"""A warm start goes on from the network's weights, with the optimiser of the first training made new."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from intent_tf.layers.calibrator import Calibrator
from intent_tf.training.warm_start import warm_started

pytestmark = pytest.mark.guard


def test_the_network_says_what_it_said_before_it_was_calibrated(shop_run, shop_data) -> None:
    model = keras.models.load_model(shop_run / "model.keras")
    calibrator = Calibrator("platt")
    calibrator.build((None,))
    calibrator.scale.assign(3.0)
    network = warm_started(model.with_calibration(calibrator, 0.2), shop_data)
    np.testing.assert_allclose(network.predict(shop_data.test), model.predict(shop_data.test), atol=1e-6)
    assert (network.calibrator, network.stack, network.threshold) == (None, None, 0.5)


def test_the_optimiser_is_that_of_the_first_training_and_new(shop_run, shop_data) -> None:
    model = keras.models.load_model(shop_run / "model.keras")
    network = warm_started(model, shop_data)
    assert network.optimizer.get_config() == model.optimizer.get_config()
    assert network.optimizer is not model.optimizer and int(network.optimizer.iterations) == 0
