"""`python -m intent_tf.pretrain`: an encoder that has read a shop's sessions and texts, without labels."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.feature_batches import feature_batches, graph_of
from intent_tf.columns.inference import infer_specification
from intent_tf.columns.raw_columns import raw_columns, to_dataset
from intent_tf.columns.subword_preprocessor import SubwordPreprocessor
from intent_tf.data.datasets import DATASETS
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import prepare_examples
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.tables import read_table
from intent_tf.errors import InputError
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.options.command_line import to_yaml
from intent_tf.options.pretrain import PretrainingConfig, PretrainRunConfig, UnlabelledConfig
from intent_tf.simulator.simulator import simulate
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.text.wordpiece_vocabulary import learn_vocabulary
from intent_tf.training.pretraining import new_network, pretrain, with_subwords
from intent_tf.training.working_folder import prepare_working_folder

_ROWS_AT_ONCE = 1024


def run(source: UnlabelledConfig, config: PretrainingConfig, run_config: PretrainRunConfig) -> Path:
    """Pre-train one encoder.

    Args:
        source: What is read.
        config: The encoder and how it is trained.
        run_config: Where to write, the seed.

    Returns:
        The folder that was written.

    Raises:
        InputError: If the input is not usable.
    """

    def tell(message: str) -> None:
        if not run_config.quiet:
            print(message, flush=True)

    out = Path(run_config.out)
    working = out.parent / f".{out.name}.training"
    prepare_working_folder(working, to_yaml(source, config, run_config), run_config.resume)
    keras.utils.set_random_seed(run_config.seed)
    frame, file = _read(source, run_config.seed)
    specification = _read_columns(frame, source, file)
    tell(f"reading {len(frame):,} documents of {', '.join(each.name for each in specification.columns)}")

    held = _held_out(frame, source.held_out, run_config.seed)
    preprocessor = SubwordPreprocessor(specification, WordPieceIds(config.max_tokens))
    preprocessor.adapt(frame[~held], file=file)
    network, preprocessor.subwords = _start(preprocessor, frame[~held], config, run_config)
    tell(f"{preprocessor.subwords.vocabulary_size:,} subwords, {network.count_params():,} weights")

    raw = raw_columns(frame, specification, file=file)
    batches = [
        tf.RaggedTensor.from_tensor(batch.text, padding=0)
        for batch in feature_batches(graph_of(preprocessor), raw)
    ]
    documents = tf.concat(batches, axis=0)
    train, validation = (tf.gather(documents, np.flatnonzero(held == value)) for value in (False, True))
    history = pretrain(
        network,
        preprocessor.subwords,
        train,
        validation,
        config,
        working,
        seed=run_config.seed,
        resume=run_config.resume,
        verbose=0 if run_config.quiet else 1 if sys.stdout.isatty() else 2,
    )
    best = min(history["val_perplexity"])
    tell(f"perplexity on {int(held.sum()):,} held-out documents: {best:.2f}")
    BertEncoder(network, preprocessor.subwords).to_hub(out)
    (out / "config.yaml").write_text(to_yaml(source, config, run_config), encoding="utf-8")
    metrics = {
        "val_perplexity": best,
        "documents": len(frame),
        "held_out": int(held.sum()),
        "history": history,
    }
    (out / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(working)
    print(out)
    return out


def _read(source: UnlabelledConfig, seed: int) -> tuple[pd.DataFrame, str | None]:
    if source.dataset is not None:
        if source.dataset not in DATASETS:
            raise InputError(f"no data set {source.dataset!r}", expected=", ".join(DATASETS))
        examples = DATASETS[source.dataset].examples()
        hidden = [name for name in (examples.label, *examples.excluded) if name in examples.frame.columns]
        return examples.frame.drop(columns=hidden), source.dataset
    if source.data is not None:
        return read_table(source.data).frame, source.data
    # Sessions are read to their end: there is no label to give away.
    whole = ExampleDefinition(prediction_times="last", cut="none")
    log = source.events if source.events is not None else simulate(source.sessions, seed)
    examples_table = prepare_examples(log, whole, LogFormat(columns=source.columns)).examples
    return examples_table.drop(columns="purchase"), source.events


def _read_columns(frame: pd.DataFrame, source: UnlabelledConfig, file: str | None) -> FeatureSpecification:
    """Choose the columns of text, and of sequences: numbers and categories are no documents."""
    specification = infer_specification(frame, "", kinds=source.kinds, drop=source.drop, file=file)
    read = tuple(column for column in specification.columns if column.kind in ("text", "sequence"))
    if not read:
        raise InputError(
            "the table has no text and no sequences to read",
            file=file,
            remedy="name a column of text with --kinds COLUMN=text",
        )
    return FeatureSpecification(read)


def _start(
    preprocessor: SubwordPreprocessor, frame: pd.DataFrame, config: PretrainingConfig, run: PretrainRunConfig
) -> tuple[BertTransformer, WordPieceIds]:
    """Take or build the network, with a vocabulary that has the sessions' actions."""
    vocabulary = preprocessor.session_tokens.lookup.get_vocabulary() if preprocessor.session_tokens else []
    actions = [
        token for token in vocabulary if token[:1] == "[" and token[-1:] == "]" and token not in SPECIAL
    ]
    if run.encoder is not None:
        policy = "mixed_bfloat16" if config.mixed_precision else "float32"
        encoder = BertEncoder.from_preset(run.encoder, max_tokens=config.max_tokens, dtype=policy)
        if encoder.network.causal != (config.objective == "causal"):
            raise InputError(
                f"the encoder does not fit --objective {config.objective}",
                file=run.encoder,
                expected="an encoder that looks back only"
                if config.objective == "causal"
                else "an encoder that looks both ways",
            )
        extended = encoder.subwords.extended(actions)
        return with_subwords(encoder.network, encoder.subwords, extended), extended
    raw = raw_columns(frame, preprocessor.specification)
    texts = (
        text.decode(errors="replace")
        for batch in to_dataset(raw, _ROWS_AT_ONCE)
        for text in preprocessor.documents(batch).numpy()
    )
    subwords = WordPieceIds(config.max_tokens, True, learn_vocabulary(texts, actions, config.vocabulary_size))
    return new_network(subwords.vocabulary_size, config), subwords


def _held_out(frame: pd.DataFrame, share: float, seed: int) -> np.ndarray:
    groups = frame["user_id"] if "user_id" in frame.columns else pd.Series(range(len(frame)))
    codes = pd.factorize(groups)[0]
    chosen = np.random.default_rng(seed).random(codes.max() + 1) < share
    chosen[0], chosen[-1] = True, False  # so that neither part is empty
    return chosen[codes]
