"""Pre-training of an encoder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intent_tf.errors import InputError
from intent_tf.options.checked import Checked, Count, Positive, Share
from intent_tf.options.devices import Precision
from intent_tf.options.input_file import ENCODER, LOG, TABLE
from intent_tf.options.log_reading import LogReading
from intent_tf.options.source import DatasetName, Kind

Size = Literal["tiny", "small", "base", "large"]


@dataclass(frozen=True)
class UnlabelledConfig(LogReading, Checked):
    """What is read (with none of them: the sessions of the shop simulator).

    Args:
        events: Event log: a .csv, .jsonl or .parquet file, a folder or a pattern of them; or a folder of
            examples that prepare wrote.
        data: Table whose columns of text and sequences are read.
        dataset: Public data set by name; its test rows are not read.
        kinds: Kinds of columns, where inference would be wrong: text, sequence.
        drop: Columns that must not be read.
        sessions: Sessions to simulate where nothing is given.
        held_out: Share of the documents to measure the perplexity on, in (0, 1); a shopper's sessions stay
            together.
    """

    events: str | None = field(default=None, metadata=LOG)
    data: str | None = field(default=None, metadata=TABLE)
    dataset: DatasetName | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    sessions: int = 10_000
    held_out: Share = 0.05

    def __post_init__(self) -> None:
        super().__post_init__()
        given = [name for name in ("events", "data", "dataset") if getattr(self, name) is not None]
        if len(given) > 1:
            raise InputError(f"--{given[0]} and --{given[1]} are both given", expected="one source")


@dataclass(frozen=True)
class PretrainingConfig(Checked):
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
        precision: Type in which layers compute; weights stay float32.
    """

    size: Size = "tiny"
    vocabulary_size: Count = 8_000
    objective: Literal["masked", "causal"] = "masked"
    mask_rate: Share = 0.15
    whole_word: bool = True
    max_tokens: Count = 128
    epochs: Count = 10
    batch_size: Count = 64
    learning_rate: Positive = 1e-3
    precision: Precision = "float32"


@dataclass(frozen=True)
class PretrainRunConfig:
    """The run.

    Args:
        out: Folder for the encoder, in TF-Hub's and Hugging Face's form.
        encoder: Go on from this encoder: a folder in Hugging Face's form, or a KerasHub preset.
        seed: Of everything random.
        resume: Go on with the run for the same folder that was interrupted.
        overwrite: Write into a folder that holds other files too, which stay as they are.
        quiet: Print the last line only.
    """

    out: str = "saved_models/encoder"
    encoder: str | None = field(default=None, metadata=ENCODER)
    seed: int = 0
    resume: bool = False
    overwrite: bool = False
    quiet: bool = False
