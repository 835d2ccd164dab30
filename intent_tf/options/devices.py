"""Devices and machines that train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Strategy = Literal["auto", "one_device", "mirrored", "multi_worker", "tpu"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]


@dataclass(frozen=True)
class StrategyConfig:
    """Devices and machines.

    Args:
        strategy: "one_device"; "mirrored", all GPUs of this machine; "multi_worker", the workers that
            TF_CONFIG, SLURM or an indexed Kubernetes job name; "tpu"; "auto" takes the last that is there.
        precision: Type in which layers compute; weights stay float32.
    """

    #: The options that --help shows; --help-all shows all.
    COMMON: ClassVar[tuple[str, ...]] = ()

    strategy: Strategy = "auto"
    precision: Precision = "float32"
