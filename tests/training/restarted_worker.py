"""One process of several that are killed and started again; a program for `test_faults`.

    python restarted_worker.py OUT

Trains on the shop's numbers, goes on from the checkpoint in OUT if there is one, says where it is in the
first worker's output, and writes ``OUT/weights.npz`` when it is done.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig
from intent_tf.training.cluster import is_chief
from intent_tf.training.preemption import Preempted
from intent_tf.training.strategy import make_strategy
from intent_tf.training.training import create_model, train_model


class Tell(keras.callbacks.Callback):
    """Prints each batch, and takes its time, so that a test can hit the middle of an epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        print(f"epoch {self.epoch} batch {batch}", flush=True)
        time.sleep(0.02)


def main() -> None:
    out = Path(sys.argv[1])
    strategy = make_strategy(worker_timeout=60)
    path = Path(__file__).parents[1] / "conftest.py"
    specification = importlib.util.spec_from_file_location("shop", path)
    shop = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(shop)
    data = shop.prepare_shop(shop.make_shop(232), drop=["title", "event_type", "elapsed", "price"])
    config = TrainingConfig(
        epochs=3,
        batch_size=5,
        ensemble_size=2,
        learning_rate=0.01,
        ema_momentum=0.9,
        dropout=0.3,
        checkpoint_batches=8,
    )
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = create_model(data, config)
    train_model(model, data, config, out / "run", seed=1, resume=True, verbose=0, callbacks=[Tell()])
    if is_chief(strategy):
        np.savez(out / "weights.npz", *model.get_weights())


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        print(error, flush=True)
        raise SystemExit(2) from None
    except Preempted as ended:
        print(ended, flush=True)
