"""Devices and machines that train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from intent_tf.errors import InputError

Strategy = Literal["auto", "one_device", "mirrored", "multi_worker", "tpu"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]


@dataclass(frozen=True)
class StrategyConfig:
    """Devices and machines.

    Args:
        strategy: "one_device"; "mirrored", all GPUs of this machine; "multi_worker", the workers that
            TF_CONFIG, SLURM or an indexed Kubernetes job name; "tpu"; "auto" takes the last that is there.
        worker_timeout: Seconds to wait for the other workers to start.
        precision: Type in which layers compute; weights stay float32.
    """

    #: The options that --help shows; --help-all shows all.
    COMMON: ClassVar[tuple[str, ...]] = ()

    strategy: Strategy = "auto"
    worker_timeout: float = 300.0
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        if not self.worker_timeout > 0:
            raise InputError(f"worker_timeout is {self.worker_timeout}", expected="a positive number")
