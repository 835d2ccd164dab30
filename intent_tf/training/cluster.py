"""Which processes train together: from TF_CONFIG, SLURM or an indexed Kubernetes job."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from intent_tf.errors import InputError

#: Where the first worker on a machine listens, unless the environment says otherwise.
PORT = 12345


@dataclass(frozen=True)
class Cluster:
    """The workers of a run, and which of them this process is.

    Args:
        workers: The address of each, ``host:port``; the first is the chief.
        index: Which one this is, from 0.
    """

    workers: tuple[str, ...]
    index: int

    def __post_init__(self) -> None:
        if not 0 <= self.index < len(self.workers):
            raise InputError(
                f"this is worker {self.index} of {len(self.workers)}", expected="0 <= index < workers"
            )

    def name(self, index: int) -> str:
        """Name a worker in messages."""
        return f"worker {index} ({self.workers[index]})"

    def resolver(self) -> tf.distribute.cluster_resolver.ClusterResolver:
        """Tell TensorFlow."""
        return tf.distribute.cluster_resolver.SimpleClusterResolver(
            tf.train.ClusterSpec({"worker": list(self.workers)}),
            task_type="worker",
            task_id=self.index,
            num_accelerators={"GPU": len(tf.config.list_physical_devices("GPU"))},
            rpc_layer="grpc",
        )


def find_cluster(environment: Mapping[str, str] | None = None) -> Cluster | None:
    """Find the cluster that this process was started in.

    Looked at in this order:

    - ``TF_CONFIG``, the JSON that TensorFlow documents; its ``chief``, if it has one, becomes worker 0.
    - SLURM (``SLURM_PROCID``, ``SLURM_STEP_NODELIST``, ``SLURM_STEP_TASKS_PER_NODE``): one worker a task of
      the step. Ports count up from ``INTENT_TF_PORT`` (12345) on each machine.
    - An indexed Kubernetes job (``JOB_COMPLETION_INDEX``) with a headless service: ``INTENT_TF_WORKERS`` is
      the number of pods and ``INTENT_TF_HOST`` their name with ``{index}`` in it, such as
      ``train-{index}.train``. Kubernetes' own API is not asked, so that pods need no rights.

    Args:
        environment: Variables; those of the process by default.

    Returns:
        The cluster, or None for a process on its own.

    Raises:
        InputError: If a variable cannot be understood; the message says which.
    """
    environment = os.environ if environment is None else environment
    if environment.get("TF_CONFIG"):
        return _from_tf_config(environment["TF_CONFIG"])
    if int(environment.get("SLURM_STEP_NUM_TASKS", 1)) > 1:
        return _from_slurm(environment)
    if "JOB_COMPLETION_INDEX" in environment and "INTENT_TF_HOST" in environment:
        return _from_kubernetes(environment)
    return None


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process writes checkpoints and the model: one of all that train together."""
    resolver = strategy.cluster_resolver
    return resolver is None or not resolver.task_id


def _from_tf_config(text: str) -> Cluster | None:
    try:
        config: dict[str, Any] = json.loads(text)
        jobs, task = config.get("cluster", {}), config.get("task", {})
        chiefs, workers = jobs.get("chief", []), jobs.get("worker", [])
        if not chiefs and not workers:
            return None
        index = int(task["index"]) + (len(chiefs) if task["type"] == "worker" else 0)
        if task["type"] not in ("chief", "worker"):
            raise InputError(f"TF_CONFIG has the task type {task['type']!r}", expected="'chief' or 'worker'")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"TF_CONFIG cannot be understood ({error!r})",
            expected='{"cluster": {"worker": ["host:port", …]}, "task": {"type": "worker", "index": 0}}',
        ) from error
    return Cluster((*chiefs, *workers), index)


def _from_slurm(environment: Mapping[str, str]) -> Cluster:
    from tensorflow.python.distribute.cluster_resolver import slurm_cluster_resolver as slurm

    # TensorFlow's resolver would ask nvidia-smi; only its reading of SLURM's lists is wanted.
    try:
        hosts = slurm.expand_hostlist(environment["SLURM_STEP_NODELIST"])
        tasks = slurm.expand_tasks_per_node(environment["SLURM_STEP_TASKS_PER_NODE"])
        index = int(environment["SLURM_PROCID"])
    except (KeyError, ValueError) as error:
        raise InputError(
            f"SLURM's variables cannot be understood ({error!r})", remedy="start the workers with srun"
        ) from error
    port = _port(environment)
    workers = [
        f"{host}:{port + index}" for host, count in zip(hosts, tasks, strict=True) for index in range(count)
    ]
    return Cluster(tuple(workers), index)


def _from_kubernetes(environment: Mapping[str, str]) -> Cluster:
    host, port = environment["INTENT_TF_HOST"], _port(environment)
    try:
        count, index = int(environment["INTENT_TF_WORKERS"]), int(environment["JOB_COMPLETION_INDEX"])
    except (KeyError, ValueError) as error:
        raise InputError(f"the job's variables cannot be understood ({error!r})") from error
    if "{index}" not in host:
        raise InputError(f"INTENT_TF_HOST is {host!r}", expected="a name with {index} in it")
    return Cluster(tuple(f"{host.format(index=each)}:{port}" for each in range(count)), index)


def _port(environment: Mapping[str, str]) -> int:
    text = environment.get("INTENT_TF_PORT", str(PORT))
    if not text.isdecimal():
        raise InputError(f"INTENT_TF_PORT is {text!r}", expected="a whole number")
    return int(text)
