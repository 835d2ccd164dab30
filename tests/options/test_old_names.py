"""Options and configurations of version 0.1 work with a note, or say in one line what to use."""

from __future__ import annotations

from pathlib import Path

import pytest

from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.errors import InputError
from intent_tf.options.command_line import parse_configuration
from intent_tf.options.devices import StrategyConfig
from intent_tf.options.distillation import DistillationConfig
from intent_tf.options.encoder import EncoderConfig
from intent_tf.options.old_names import GONE, RENAMED
from intent_tf.options.preprocessing import PreprocessingConfig
from intent_tf.options.pretrain import PretrainingConfig
from intent_tf.options.run import RunConfig
from intent_tf.options.source import SourceConfig
from intent_tf.options.training import TrainingConfig

KINDS = (
    SourceConfig,
    PreprocessingConfig,
    TrainingConfig,
    EncoderConfig,
    DistillationConfig,
    RunConfig,
    StrategyConfig,
)
SAVED = Path(__file__).parent / "config_0_1.yaml"


def parse(*arguments: str) -> TrainingConfig:
    configurations, _ = parse_configuration("train", "", KINDS, arguments)
    return configurations[2]


def test_a_renamed_option_works_and_says_its_new_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse("--members", "4", "--dimension=8").ensemble_size == 4
    assert capsys.readouterr().err.splitlines() == [
        "note: --members is now --ensemble-size",
        "note: --dimension is now --output-dim",
    ]


def test_an_option_that_is_gone_says_what_to_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("--stem", "english")
    assert "--stem is gone: intent_tf.text.tokenize_offline" in capsys.readouterr().err


def test_the_old_precision_of_pre_training_says_what_to_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_configuration("pretrain", "", (PretrainingConfig,), ["--mixed-precision"])
    assert "--mixed-precision is gone: --precision mixed_bfloat16" in capsys.readouterr().err


def test_a_tokenizer_that_is_gone_says_what_to_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("--tokenizer", "jieba")
    assert "--tokenizer whitespace" in capsys.readouterr().err


def test_a_configuration_that_version_0_1_saved_loads(capsys: pytest.CaptureFixture[str]) -> None:
    training = parse("--config", str(SAVED))
    assert (training.ensemble_size, training.output_dim, training.ema_momentum) == (16, 128, 0.99)
    assert "members in" in capsys.readouterr().err


def test_a_saved_option_that_is_gone_and_was_not_the_default_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("stem: english\n")
    with pytest.raises(InputError, match="option 'stem' is gone"):
        parse("--config", str(tmp_path / "old.yaml"))


def test_the_old_name_of_a_label_works() -> None:
    (definition,), _ = parse_configuration("prepare", "", (ExampleDefinition,), ["--label", "strength"])
    assert definition.label == "action_level"


def test_every_option_of_version_0_1_is_known_renamed_or_gone() -> None:
    known = {name for kind in KINDS for name in kind.__dataclass_fields__}
    for line in SAVED.read_text().splitlines():
        if line[0].isalpha():
            name = line.partition(":")[0]
            assert name in known or RENAMED.get(name) in known or name in GONE, name


def test_the_old_value_of_an_option_works_in_a_file_and_says_its_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "options.yaml"
    file.write_text("label: strength\n")
    (definition,), _ = parse_configuration("prepare", "", (ExampleDefinition,), ["--config", str(file)])
    assert definition.label == "action_level"
    assert "strength of label is now action_level" in capsys.readouterr().err
