"""The strategy is the one that was asked for, or that is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData
from intent_tf.errors import InputError
from intent_tf.options.devices import StrategyConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.training.addresses import free_ports
from intent_tf.training.cluster import is_chief
from intent_tf.training.strategy import make_strategy, precision
from intent_tf.training.training import create_model


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_CONFIG", "TPU_NAME", "SLURM_STEP_NUM_TASKS", "JOB_COMPLETION_INDEX"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="the machine has a GPU")
def test_a_machine_without_accelerators_gets_tensorflows_default() -> None:
    assert make_strategy() is tf.distribute.get_strategy()
    assert is_chief(make_strategy())


def test_mirrored_takes_all_devices_of_the_machine() -> None:
    strategy = make_strategy("mirrored")
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    assert strategy.num_replicas_in_sync == len(devices)
    assert is_chief(strategy)


def test_multi_worker_without_workers_says_how_to_start_them() -> None:
    with pytest.raises(InputError, match=r"no workers are named.*intent_tf.launch, srun"):
        make_strategy("multi_worker")


def test_a_tpu_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="there is no TPU"):
        make_strategy("tpu")


@pytest.mark.slow
def test_a_worker_that_never_shows_up_is_named_by_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = free_ports(2)
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": cluster, "task": {"type": "worker", "index": 0}}))
    done = subprocess.run(
        [sys.executable, "-m", "intent_tf.train", "--worker-timeout", "1", "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert f"worker 1 (127.0.0.1:{ports[1]}) did not show up within 1 seconds" in done.stderr


def test_a_time_to_wait_must_be_positive() -> None:
    with pytest.raises(InputError, match=r"worker_timeout is 0\.0; expected a positive number"):
        StrategyConfig(worker_timeout=0.0)


@pytest.mark.guard
@pytest.mark.parametrize("kind", ["mixed_bfloat16", "mixed_float16"])
def test_in_mixed_precision_layers_compute_short_and_weights_stay_long(
    kind: str, table_data: PreparedData, tiny: TrainingConfig
) -> None:
    keras.utils.set_random_seed(0)
    with precision(kind):
        model = create_model(table_data, tiny)
    assert keras.config.dtype_policy().name == "float32"
    assert model.predictor.compute_dtype == kind.removeprefix("mixed_")
    losses = model.fit(table_data.train, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert {weight.dtype for weight in model.trainable_variables} == {"float32"}
    assert model.predict(table_data.test).dtype == np.float32
