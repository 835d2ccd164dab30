"""What `pretrain` does: an encoder that has read a shop's sessions and texts, without labels."""

import json
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from intent_tf.columns.feature_batches import feature_batches, graph_of
from intent_tf.columns.inference import infer_specification
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.columns.raw_columns import raw_columns, to_dataset
from intent_tf.columns.subword_preprocessor import SubwordPreprocessor
from intent_tf.data.adapters import opened_log
from intent_tf.data.datasets import DATASETS
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.data.output_folder import OutputFolder
from intent_tf.data.specification import FeatureSpecification
from intent_tf.data.tables import read_table
from intent_tf.errors import InputError
from intent_tf.layers.bert.transformer import BertTransformer
from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.models.bert.hub_form import HUB_FILES
from intent_tf.options.command_line import to_yaml
from intent_tf.options.pretrain import PretrainingConfig, PretrainRunConfig, UnlabelledConfig
from intent_tf.simulator.simulator import simulate
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds
from intent_tf.text.wordpiece_vocabulary import learn_vocabulary
from intent_tf.training.pretraining import new_network, pretrain, with_subwords
from intent_tf.training.working_folder import TRAINING_STATE, WorkingFolder, state_of_0_1

_ROWS_AT_ONCE = 1024
#: Of a folder of examples, beside the label: what says how, and of which day, an example was drawn.
_NO_FEATURES = ("weight", "day")


def run(source: UnlabelledConfig, config: PretrainingConfig, run_config: PretrainRunConfig) -> Path:
    """Pre-train one encoder.

    Returns:
        The folder that was written.

    Raises:
        InputError: If the input is not usable.
    """

    def tell(message: str) -> None:
        if not run_config.quiet:
            print(message, flush=True)

    out, configuration = Path(run_config.out), to_yaml(source, config, run_config)
    files = (*HUB_FILES, "config.yaml", "metrics.json")
    target = OutputFolder(
        out, "pretrain", files, overwrite=run_config.overwrite, earlier=state_of_0_1(out, files)
    )
    beside = target.path.with_name(f".{target.path.name}.training")
    earlier = state_of_0_1(beside, TRAINING_STATE)
    working = WorkingFolder(
        OutputFolder(beside, "pretrain", state=TRAINING_STATE, option=None, earlier=earlier),
        configuration,
        run_config.resume,
    )
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
    batches = feature_batches(graph_of(preprocessor), raw)
    documents = tf.concat([batch["text"] for batch in batches], axis=0)
    train, validation = (tf.gather(documents, np.flatnonzero(held == value)) for value in (False, True))
    working.begin()
    history = pretrain(
        network,
        preprocessor.subwords,
        train,
        validation,
        config,
        working.path,
        seed=run_config.seed,
        resume=run_config.resume,
        verbose=0 if run_config.quiet else 1 if sys.stdout.isatty() else 2,
    )
    best = min(history["val_perplexity"])
    tell(f"perplexity on {int(held.sum()):,} held-out documents: {best:.2f}")
    metrics = {
        "val_perplexity": best,
        "documents": len(frame),
        "held_out": int(held.sum()),
        "history": history,
    }
    with target.written() as folder:
        BertEncoder(network, preprocessor.subwords).to_hub(folder)
        (folder / "config.yaml").write_text(configuration, encoding="utf-8")
        (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    working.folder.remove_state()
    print(out)
    return out


def _read(source: UnlabelledConfig, seed: int) -> tuple[pd.DataFrame, str | None]:
    if source.dataset is not None:
        examples = DATASETS[source.dataset].examples()
        hidden = [name for name in (examples.label, *examples.excluded) if name in examples.frame.columns]
        return examples.frame.drop(columns=hidden), source.dataset
    if source.data is not None:
        return read_table(source.data, encoding=source.encoding).frame, source.data
    # Sessions are read to their end: there is no label to give away.
    whole = ExampleDefinition(prediction_times="last", cut="none")
    if source.events is None:
        prepared = prepare_examples(simulate(source.sessions, seed), whole)
    elif Prepared.is_at(source.events):
        prepared = Prepared.read(source.events)
    else:
        with opened_log(source.events, source) as (files, log_format):
            prepared = prepare_examples(files, whole, log_format)
        print(prepared.facts.written())
    return prepared.examples.drop(columns=[prepared.label, *_NO_FEATURES], errors="ignore"), source.events


def _read_columns(frame: pd.DataFrame, source: UnlabelledConfig, file: str | None) -> FeatureSpecification:
    """Choose the columns of text, and of sequences: numbers and categories are no documents."""
    specification = infer_specification(frame, "", kinds=source.kinds, drop=source.drop, file=file)
    read = tuple(column for column in specification.columns if kind_of(column.kind).has_words)
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
    actions = [
        token
        for encoder in preprocessor.encoders.values()
        for token in encoder.rendered_vocabulary()
        if token[:1] == "[" and token[-1:] == "]" and token not in SPECIAL
    ]
    if run.encoder is not None:
        encoder = BertEncoder.from_preset(run.encoder, max_tokens=config.max_tokens, dtype=config.precision)
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
