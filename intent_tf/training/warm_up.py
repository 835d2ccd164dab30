"""A learning rate that rises, then falls to zero."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="intent_tf")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Linear from 0 to ``peak`` over the first steps, then linear to 0 at the last.

    Args:
        peak: The largest rate.
        steps: Steps in all.
        rising: Steps until the peak, less than ``steps``.

    Example:
        >>> schedule = WarmUp(1.0, steps=10, rising=2)
        >>> [round(float(schedule(step)), 2) for step in (0, 1, 2, 6, 10)]
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(self, peak: float, steps: int, rising: int) -> None:
        super().__init__()
        self.peak = peak
        self.steps = steps
        self.rising = rising

    def __call__(self, step: Any) -> Any:
        """Rate of a step."""
        step = ops.cast(step, "float32")
        up = step / max(self.rising, 1) if self.rising else ops.ones_like(step)
        down = (self.steps - step) / (self.steps - self.rising)
        return self.peak * ops.maximum(ops.minimum(up, down), 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"peak": self.peak, "steps": self.steps, "rising": self.rising}
