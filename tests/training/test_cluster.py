"""The cluster is found in the variables that launchers set."""

from __future__ import annotations

import json

import pytest

from intent_tf.errors import InputError
from intent_tf.training.cluster import Cluster, find_cluster


def tf_config(kind: str, index: int, **jobs: list[str]) -> dict[str, str]:
    return {"TF_CONFIG": json.dumps({"cluster": jobs, "task": {"type": kind, "index": index}})}


def test_a_process_on_its_own_has_no_cluster() -> None:
    assert find_cluster({}) is None
    assert find_cluster({"TF_CONFIG": "{}"}) is None
    assert find_cluster({"SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"}) is None


def test_tf_config_names_the_workers() -> None:
    assert find_cluster(tf_config("worker", 1, worker=["a:1", "b:2"])) == Cluster(("a:1", "b:2"), 1)


def test_the_chief_of_tf_config_is_worker_0() -> None:
    jobs = {"chief": ["a:1"], "worker": ["b:2", "c:3"]}
    assert find_cluster(tf_config("chief", 0, **jobs)) == Cluster(("a:1", "b:2", "c:3"), 0)
    assert find_cluster(tf_config("worker", 1, **jobs)) == Cluster(("a:1", "b:2", "c:3"), 2)


def test_slurm_gives_a_port_to_each_task_of_a_node() -> None:
    found = find_cluster(
        {
            "SLURM_STEP_NUM_TASKS": "3",
            "SLURM_STEP_NODELIST": "node[07-08]",
            "SLURM_STEP_TASKS_PER_NODE": "2,1",
            "SLURM_PROCID": "2",
            "INTENT_TF_PORT": "5000",
        }
    )
    assert found == Cluster(("node07:5000", "node07:5001", "node08:5000"), 2)


def test_an_indexed_job_of_kubernetes_names_its_pods() -> None:
    found = find_cluster(
        {"JOB_COMPLETION_INDEX": "1", "INTENT_TF_HOST": "train-{index}.train", "INTENT_TF_WORKERS": "2"}
    )
    assert found == Cluster(("train-0.train:12345", "train-1.train:12345"), 1)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"TF_CONFIG": "{"}, "TF_CONFIG cannot be understood"),
        (tf_config("ps", 0, worker=["a:1"]), "task type 'ps'; expected 'chief' or 'worker'"),
        (tf_config("worker", 2, worker=["a:1"]), "this is worker 2 of 1"),
        ({"SLURM_STEP_NUM_TASKS": "2"}, "SLURM's variables.*srun"),
        ({"JOB_COMPLETION_INDEX": "0", "INTENT_TF_HOST": "a", "INTENT_TF_WORKERS": "2"}, r"\{index\} in it"),
        ({"JOB_COMPLETION_INDEX": "0", "INTENT_TF_HOST": "a-{index}"}, "job's variables"),
    ],
)
def test_variables_that_make_no_sense_are_told(environment: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        find_cluster(environment)
