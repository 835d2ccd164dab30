"""Devices and machines that train."""

from dataclasses import dataclass
from typing import Literal

from intent_tf.options.checked import Checked, Positive

Strategy = Literal["auto", "one_device", "mirrored", "multi_worker", "tpu"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]


@dataclass(frozen=True)
class StrategyConfig(Checked):
    """Devices and machines.

    Args:
        strategy: "one_device"; "mirrored", all GPUs of this machine; "multi_worker", the workers that
            TF_CONFIG, SLURM or an indexed Kubernetes job name; "tpu"; "auto" takes the last that is there.
        worker_timeout: Seconds to wait for the other workers to start.
        precision: Type in which layers compute; weights stay float32.
    """

    strategy: Strategy = "auto"
    worker_timeout: Positive = 300.0
    precision: Precision = "float32"
