"""Pre-training of an encoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intent_tf.errors import InputError
from intent_tf.options.input_file import INPUT_FILE
from intent_tf.options.source import Kind

Size = Literal["tiny", "small", "base", "large"]


@dataclass(frozen=True)
class UnlabelledConfig:
    """What is read (with none of them: the sessions of the shop simulator).

    Args:
        events: Event log: a .csv, .jsonl or .parquet file, a folder or a pattern of them.
        columns: Column of the log for each field (user_id=visitor,timestamp=ts,text=title+brand).
        data: Table whose columns of text and sequences are read.
        dataset: Public data set by name, such as clothing_reviews; its test rows are not read.
        kinds: Kinds of columns, where inference would be wrong: text, sequence.
        drop: Columns that must not be read.
        sessions: Sessions to simulate where nothing is given.
        held_out: Share of the documents to measure the perplexity on, in (0, 1); a shopper's sessions stay
            together.
    """

    events: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    data: str | None = field(default=None, metadata=INPUT_FILE)
    dataset: str | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    sessions: int = 10_000
    held_out: float = 0.05

    def __post_init__(self) -> None:
        given = [name for name in ("events", "data", "dataset") if getattr(self, name) is not None]
        if len(given) > 1:
            raise InputError(f"--{given[0]} and --{given[1]} are both given", expected="one source")
        if not 0 < self.held_out < 1:
            raise InputError(f"held_out is {self.held_out}", expected="a share in (0, 1)")


@dataclass(frozen=True)
class PretrainingConfig:
    """The encoder and how it is pre-trained.

    Args:
        size: Of an encoder that starts from scratch: tiny, small, base or large.
        vocabulary_size: Subwords to learn for it.
        objective: "masked" guesses hidden subwords (BERT), "causal" the next subword (GPT).
        mask_rate: Share of the subwords to guess, in (0, 1).
        whole_word: Hide words with all of their subwords.
        max_tokens: Subwords of a document.
        epochs: Passes over the documents.
        batch_size: Documents a step.
        learning_rate: Largest step size of Adam, after the warm-up.
        mixed_precision: Compute in bfloat16, with weights in float32.
    """

    size: Size = "tiny"
    vocabulary_size: int = 8_000
    objective: Literal["masked", "causal"] = "masked"
    mask_rate: float = 0.15
    whole_word: bool = True
    max_tokens: int = 128
    epochs: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    mixed_precision: bool = False

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "vocabulary_size"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}", expected="at least 1")
        if not self.learning_rate > 0:
            raise InputError(f"learning_rate is {self.learning_rate}", expected="a positive number")


@dataclass(frozen=True)
class PretrainRunConfig:
    """The run.

    Args:
        out: Folder for the encoder, in TF-Hub's and Hugging Face's form.
        encoder: Go on from this encoder: a folder in Hugging Face's form, or a KerasHub preset.
        seed: Of everything random.
        resume: Go on with the run for the same folder that was interrupted.
        quiet: Print the last line only.
    """

    out: str = "saved_models/encoder"
    encoder: str | None = None
    seed: int = 0
    resume: bool = False
    quiet: bool = False
