"""Measures what pre-training an encoder on unlabelled documents buys, by how many labels there are.

    python benchmarks/pretraining.py [shop | clothing_reviews | rees46] [SEED,SEED,...] [SHARE,SHARE,...]

Tiny encoders of one shape are fine-tuned on shares of the labelled training rows (0.01, 0.1 and 1, unless
given) and measured on the same test rows: from scratch; pre-trained on unlabelled documents (of the simulated
shop: all sessions of shoppers that are not in the test rows; of the others: the training rows); and, for the
simulated shop, pre-trained on another shop and then further on this one. Beside them stand the model without
an encoder and, for the simulated shop, the exact optimum. A seed draws shop, split, weights and labels. All
ways have the same settings, fixed beforehand. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from intent_tf.columns.prepared import PreparedData, preprocess_data
from intent_tf.data.datasets import DATASETS
from intent_tf.data.event_examples import event_examples
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.example_source import ExampleSource
from intent_tf.models.bert import BertEncoder
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.pretrain import PretrainingConfig, PretrainRunConfig, UnlabelledConfig
from intent_tf.options.training import TrainingConfig
from intent_tf.runs.pretrain import run as pretrain
from intent_tf.simulator.optimum import optimal_probabilities
from intent_tf.simulator.shop import Shop
from intent_tf.simulator.simulator import simulate
from intent_tf.training.fine_tuning import fine_tune
from intent_tf.training.open_encoder import open_encoder
from intent_tf.training.pretraining import new_network
from intent_tf.training.training import create_model, train_model

SESSIONS = 6_000
#: Another shop: its shoppers read no Chinese, wander more and are less loyal.
OTHER_SHOP = Shop(chinese_share=0.0, start=(0.8, 0.15, 0.05, 0.0, 0.0), loyalty=0.2)
PRETRAINING = PretrainingConfig(vocabulary_size=1_000, max_tokens=64, epochs=6)
HEAD = TrainingConfig(epochs=20, patience=3, ensemble_size=4)
TUNING = EncoderConfig("given", encoder_tokens=64, encoder_epochs=4, encoder_learning_rate=5e-4)


def shop(seed: int) -> tuple[ExampleSource, pd.DataFrame]:
    """Simulate labelled examples, and the log that they are from."""
    log = simulate(SESSIONS, seed)
    # The fourth event is a prediction time at which the optimum is known.
    examples = event_examples(log, {}, ExampleDefinition(prediction_times="4"))
    frame = examples.frame.assign(optimum=optimal_probabilities(examples.frame, log))
    excluded = {**examples.excluded, "optimum": "known to the simulator only"}
    return replace(examples, frame=frame, excluded=excluded), log


def readable(
    data: PreparedData, log: pd.DataFrame | None, seed: int, folder: Path
) -> dict[str, UnlabelledConfig]:
    """Write what an encoder may read."""
    if log is None:
        columns = {column.name: column.kind for column in data.specification.columns}
        data.train.frame[list(columns)].to_parquet(folder / "own.parquet")
        return {"own": UnlabelledConfig(data=str(folder / "own.parquet"), kinds=columns)}
    tested = data.test.frame["user_id"].unique()
    log[~log["user_id"].isin(tested)].to_csv(folder / "own.csv", index=False)
    simulate(SESSIONS // 2, 1000 + seed, OTHER_SHOP).to_csv(folder / "other.csv", index=False)
    return {name: UnlabelledConfig(events=str(folder / f"{name}.csv")) for name in ("own", "other")}


def encoders(unlabelled: Mapping[str, UnlabelledConfig], folder: Path, seed: int) -> dict[str, Path]:
    """Make the encoders, each in a folder."""

    def written(name: str, source: UnlabelledConfig, start: Path | None = None) -> Path:
        run = PretrainRunConfig(str(folder / name), None if start is None else str(start), seed, quiet=True)
        return pretrain(source, PRETRAINING, run)

    found = {"pre-trained": written("own", unlabelled["own"])}
    subwords = BertEncoder.from_preset(found["pre-trained"], max_tokens=64).subwords
    keras.utils.set_random_seed(seed)
    BertEncoder(new_network(subwords.vocabulary_size, PRETRAINING), subwords).to_hub(folder / "scratch")
    found = {"from scratch": folder / "scratch", **found}
    if "other" in unlabelled:
        other = written("other", unlabelled["other"])
        found["further pre-trained"] = written("further", unlabelled["own"], other)
    return found


def prepared(examples: ExampleSource, seed: int, **options: object) -> PreparedData:
    return preprocess_data(
        examples.frame,
        examples.label,
        kinds=examples.kinds,
        excluded=examples.excluded,
        positive=examples.positive,
        plan=examples.plan,
        seed=seed,
        **options,
    )


def fitted(data: PreparedData, share: float, encoder: Path | None, seed: int) -> np.ndarray:
    """Probabilities of the test rows, of a model that saw the labels of some training rows."""
    labelled = np.random.default_rng(seed).permutation(len(data.train))[: round(share * len(data.train))]
    data = replace(data, train=data.train.take(labelled))
    keras.utils.set_random_seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        if encoder is None:
            model = create_model(data, HEAD)
            train_model(model, data, HEAD, Path(folder), seed=seed, verbose=0)
        else:
            config = replace(TUNING, encoder=str(encoder))
            model = create_model(data, HEAD, open_encoder(config))
            fine_tune(model, data, HEAD, config, Path(folder), seed=seed, verbose=0)
    return model.predict(data.test)


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "shop"
    seeds = map(int, (sys.argv[2] if len(sys.argv) > 2 else "0,1,2").split(","))
    shares = tuple(map(float, (sys.argv[3] if len(sys.argv) > 3 else "0.01,0.1,1").split(",")))
    found: dict[tuple[float, str], list[float]] = {}
    for seed in seeds:
        examples, log = shop(seed) if name == "shop" else (DATASETS[name].examples(), None)
        data = prepared(examples, seed)
        with tempfile.TemporaryDirectory() as folder:
            made = encoders(readable(data, log, seed, Path(folder)), Path(folder), seed)
            for way, encoder in {"no encoder": None, **made}.items():
                if encoder is not None:
                    subwords = open_encoder(replace(TUNING, encoder=str(encoder))).subwords
                    data = prepared(examples, seed, subwords=subwords)
                for share in shares:
                    auroc = roc_auc_score(data.test.label, fitted(data, share, encoder, seed))
                    found.setdefault((share, way), []).append(float(auroc))
                    rows = round(share * len(data.train))
                    print(f"seed {seed}  {rows:6,} labels  {way:20}{auroc:8.4f}", file=sys.stderr, flush=True)
        if log is not None:
            best = roc_auc_score(data.test.label, data.test.frame["optimum"])
            found.setdefault((shares[-1], "exact optimum"), []).append(float(best))
    print(f"{'AUROC on test rows':22}" + "".join(f"{share:>18.0%}" for share in shares))
    for way in dict.fromkeys(way for _, way in found):
        cells = [np.array(found.get((share, way), [np.nan])) for share in shares]
        shown = [f"{cell.mean():.4f} ± {cell.std(ddof=len(cell) > 1):.4f}" for cell in cells]
        print(f"{way:22}" + "".join(f"{text:>18}" for text in shown))
    print(json.dumps({f"{way}, {share:.0%}": aurocs for (share, way), aurocs in found.items()}))


if __name__ == "__main__":
    main()
