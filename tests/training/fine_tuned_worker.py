"""One process, of one or several, that fine-tunes a model with an encoder; a program for `run_workers`.

    python fine_tuned_worker.py OUT

With ``LOGICAL_CPUS`` it trains on so many devices of its own. Writes ``OUT/<index>.npz``: losses and weights.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.training import fine_tuning
from intent_tf.training.fine_tuning import fine_tune
from intent_tf.training.strategy import make_strategy
from intent_tf.training.training import create_model

WORDS = ("red", "hat", "cap", "bag")


def main() -> None:
    out = Path(sys.argv[1])
    devices = int(os.environ.get("LOGICAL_CPUS", "1"))
    if devices > 1:
        cpu = tf.config.list_physical_devices("CPU")[0]
        one = tf.config.LogicalDeviceConfiguration()
        tf.config.set_logical_device_configuration(cpu, [one] * devices)
    strategy = make_strategy("mirrored" if devices > 1 else "auto", worker_timeout=60)
    path = Path(__file__).parents[1] / "conftest.py"
    specification = importlib.util.spec_from_file_location("shop", path)
    shop = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(shop)
    keras.utils.set_random_seed(0)
    with strategy.scope():
        network = BertTransformer(
            11, num_layers=2, hidden_dim=16, num_heads=2, max_sequence_length=16, dropout=0.0
        )
        encoder = BertEncoder(network, WordPieceIds(16, vocabulary=(*SPECIAL, "love", "bad", *WORDS)))
    rng = np.random.default_rng(0)
    bought, words = rng.integers(2, size=240), rng.choice(WORDS, (240, 7))
    titles = [f"{('bad', 'love')[label]} {' '.join(rest)}" for label, rest in zip(bought, words, strict=True)]
    frame = pd.DataFrame({"title": titles, "bought": bought})
    data = shop.prepare_shop(
        frame, kinds={"title": "text"}, excluded={}, derived={}, subwords=encoder.subwords
    )
    training = TrainingConfig(
        epochs=1, batch_size=33, ensemble_size=2, learning_rate=0.01, ema_momentum=0.9, dropout=0.0
    )
    config = EncoderConfig("unread", encoder_batch_size=17, encoder_learning_rate=3e-3, encoder_epochs=1)
    fine_tuning.CLIP_NORM = 0.1
    with strategy.scope():
        model = create_model(data, training, encoder)
        model.extractor.dropout.rate = 0.0
    history = fine_tune(model, data, training, config, out / "run", verbose=0)
    index = json.loads(os.environ.get("TF_CONFIG", '{"task": {"index": 0}}'))["task"]["index"]
    figures = [
        history[name] for name in ("loss", "log_loss", "auroc", "val_loss", "val_log_loss", "val_auroc")
    ]
    np.savez(out / f"{index}.npz", *figures, *model.get_weights())


if __name__ == "__main__":
    main()
