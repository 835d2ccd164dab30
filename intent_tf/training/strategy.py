"""On which devices and machines a model trains, and what that does to batches and learning rates."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.options.devices import Precision, Strategy
from intent_tf.training.cluster import find_cluster
from intent_tf.training.rendezvous import wait_for_workers


def make_strategy(kind: Strategy = "auto", *, worker_timeout: float = 300.0) -> tf.distribute.Strategy:
    """Make the strategy in whose scope a model is built.

    With several workers it must be called before TensorFlow computes anything.

    Args:
        kind: ``"one_device"``: TensorFlow's own choice of device. ``"mirrored"``: all GPUs of this machine,
            or, where there are none, its logical CPU devices. ``"multi_worker"``: the workers of
            `find_cluster`, with the GPUs of each. ``"tpu"``: the TPU that ``TPU_NAME`` names, or the
            machine's own. ``"auto"``: the last of these that is there.
        worker_timeout: Seconds to wait for the other workers.

    Raises:
        InputError: If what was asked for is not there, or a worker did not show up (it is named).

    Example:
        >>> make_strategy("one_device").num_replicas_in_sync
        1
    """
    has_tpu = "TPU_NAME" in os.environ or bool(tf.config.list_physical_devices("TPU"))
    cluster = find_cluster() if kind in ("auto", "multi_worker") else None
    if kind == "tpu" or (kind == "auto" and has_tpu):
        return _tpu()
    if kind == "multi_worker" and cluster is None:
        raise InputError(
            "no workers are named",
            expected="TF_CONFIG, SLURM's or Kubernetes' variables",
            remedy="start the run with python -m intent_tf.launch, srun or an indexed job",
        )
    if cluster is not None:
        wait_for_workers(cluster, worker_timeout)
        return tf.distribute.MultiWorkerMirroredStrategy(cluster.resolver())
    gpus = len(tf.config.list_physical_devices("GPU"))
    if kind == "mirrored" or (kind == "auto" and gpus > 1):
        devices = None if gpus else [device.name for device in tf.config.list_logical_devices("CPU")]
        return tf.distribute.MirroredStrategy(devices)
    return tf.distribute.get_strategy()


@contextmanager
def precision(kind: Precision) -> Iterator[None]:
    """Choose the type in which the layers that are created inside compute; their weights stay float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(kind)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _tpu() -> tf.distribute.Strategy:
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect(
            os.environ.get("TPU_NAME", "local")
        )
    except (ValueError, RuntimeError, tf.errors.OpError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"there is no TPU ({reason})", remedy="use another --strategy") from error
    return tf.distribute.TPUStrategy(resolver)
