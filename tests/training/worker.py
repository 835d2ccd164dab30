"""One process of several that train a model of the shop together; a program for `run_workers`.

    python worker.py OUT ROWS BATCH [text | FOLDER]

With the folder of a prepared event log it streams those examples, and holds so many rows in memory. With
``LOGICAL_CPUS`` it trains on so many devices of its own. Writes ``OUT/<index>.json`` and ``.npz``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.columns.streamed_rows import stream_training_rows
from intent_tf.data.event_examples import event_examples
from intent_tf.options.training import TrainingConfig
from intent_tf.training.cluster import is_chief
from intent_tf.training.strategy import make_strategy
from intent_tf.training.training import create_model


def streamed(folder: str, memory_rows: int) -> PreparedData:
    """What a run makes of the examples in a folder."""
    source = event_examples(folder, memory_rows=memory_rows)
    assert source.stream is not None
    data = preprocess_data(
        source.frame, source.label, excluded=source.excluded, plan=source.plan, weight=source.weight
    )
    return stream_training_rows(data, source.stream, source.weight)


def main() -> None:
    out, rows, batch, *parts = sys.argv[1:]
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
    if parts and parts != ["text"]:
        data = streamed(parts[0], int(rows))
    else:
        drop = [] if parts else ["title", "event_type", "elapsed", "price"]
        data = shop.prepare_shop(shop.make_shop(int(rows)), drop=drop)
    config = TrainingConfig(
        ensemble_size=2, filters=4, output_dim=4, learning_rate=0.01, ema_momentum=0.9, dropout=0.0
    )
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = create_model(data, config)
        model.extractor.dropout.rate = 0.0
    history = model.fit(
        data.train, validation_data=data.validation, batch_size=int(batch), epochs=2, seed=1, verbose=0
    ).history
    found = {
        "replicas": strategy.num_replicas_in_sync,
        "chief": is_chief(strategy),
        "history": history,
        "test": model.evaluate(data.test, batch_size=20, return_dict=True, verbose=0),
    }
    local = model.without_strategy()
    found["local"] = local.evaluate(data.test, batch_size=20, return_dict=True, verbose=0)
    found["probabilities"] = local.predict(data.test).tolist()
    index = json.loads(os.environ.get("TF_CONFIG", '{"task": {"index": 0}}'))["task"]["index"]
    np.savez(Path(out) / f"{index}.npz", *model.get_weights())
    (Path(out) / f"{index}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
