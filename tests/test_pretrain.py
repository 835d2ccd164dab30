"""An encoder from unlabelled sessions to the C++ loader, each verb in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from intent_tf.models.bert import BertEncoder, BertTransformer
from intent_tf.prepare import main as prepare
from intent_tf.pretrain import main
from intent_tf.serving import ServedModel
from intent_tf.serving.loading import load_model
from intent_tf.simulator.simulator import simulate
from intent_tf.text.wordpiece import SPECIAL, WordPieceIds

pytest.importorskip("tensorflow_text", reason="tensorflow-text is not installed")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_bad_input_ends_with_status_2(tmp_path: Path) -> None:
    done = run("intent_tf.pretrain", "--data", tmp_path / "none.csv", "--out", tmp_path / "encoder")
    assert done.returncode == 2
    assert "no such file" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_checkpoint_goes_on_with_the_shops_actions_as_further_pieces(tmp_path: Path) -> None:
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    vocabulary = (*SPECIAL, *letters, *(f"##{letter}" for letter in letters), "[cart]", "jacket")
    network = BertTransformer(
        len(vocabulary), num_layers=1, hidden_dim=16, num_heads=2, max_sequence_length=64
    )
    BertEncoder(network, WordPieceIds(32, vocabulary=vocabulary)).to_hub(tmp_path / "checkpoint")
    simulate(60, seed=0).to_csv(tmp_path / "log.csv", index=False)
    main(
        [
            "--events",
            str(tmp_path / "log.csv"),
            "--encoder",
            str(tmp_path / "checkpoint"),
            "--epochs",
            "1",
            "--max-tokens",
            "32",
            "--out",
            str(tmp_path / "further"),
            "--quiet",
        ]
    )
    further = BertEncoder.from_preset(tmp_path / "further", max_tokens=32)
    assert further.subwords.vocabulary[: len(vocabulary)] == vocabulary
    added = further.subwords.vocabulary[len(vocabulary) :]
    assert {"[search]", "[detail]"} <= set(added) and "[cart]" not in added
    assert all(subword[0] == "[" and subword[-1] == "]" for subword in added)
    assert further.network.token_embedding.shape == (len(vocabulary) + len(added), 16)
    jacket = vocabulary.index("jacket")
    assert np.any(further.network.token_embedding[jacket] != network.token_embedding[jacket])


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_an_encoder_is_pretrained_in_the_precision_that_is_asked_for(precision: str, tmp_path: Path) -> None:
    sizes = ["--epochs", "1", "--max-tokens", "16", "--vocabulary-size", "100", "--sessions", "40"]
    main([*sizes, "--precision", precision, "--out", str(tmp_path / "encoder")])
    config = yaml.safe_load((tmp_path / "encoder" / "config.yaml").read_text())
    metrics = json.loads((tmp_path / "encoder" / "metrics.json").read_text())
    assert config["precision"] == precision and np.isfinite(metrics["val_perplexity"])


@pytest.mark.guard
@pytest.mark.parametrize("prepared", [False, True])
def test_a_log_without_text_is_read_with_the_options_of_prepare_or_from_its_folder(
    prepared: bool, tmp_path: Path
) -> None:
    log = simulate(40, seed=0)[["user_id", "timestamp", "event_type"]]
    log.columns = ["visitorid", "timestamp", "event"]
    log.to_csv(tmp_path / "log.csv", index=False)
    reading = ["--columns", "user_id=visitorid,event_type=event"]
    events = ["--events", str(tmp_path / "log.csv"), *reading]
    if prepared:
        prepare([events[1], *reading, "--out", str(tmp_path / "examples")])
        events = ["--events", str(tmp_path / "examples")]
    sizes = ["--epochs", "1", "--max-tokens", "16", "--vocabulary-size", "100"]
    main([*events, *sizes, "--out", str(tmp_path / "encoder"), "--quiet"])
    vocabulary = BertEncoder.from_preset(tmp_path / "encoder", max_tokens=16).subwords.vocabulary
    assert {"[search]", "[detail]"} <= set(vocabulary)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A log, and the encoder that has read it."""
    folder = tmp_path_factory.mktemp("pretrained")
    log, encoder = folder / "log.csv", folder / "encoder"
    simulate(400, seed=0).to_csv(log, index=False)
    done = run(
        "intent_tf.pretrain",
        "--events",
        log,
        "--out",
        encoder,
        "--epochs",
        2,
        "--max-tokens",
        64,
        "--vocabulary-size",
        400,
    )
    assert done.returncode == 0, done.stderr
    return log, encoder


@pytest.mark.slow
def test_perplexity_falls(pretrained: tuple[Path, Path]) -> None:
    metrics = json.loads((pretrained[1] / "metrics.json").read_text())
    perplexity = np.exp(metrics["history"]["val_cross_entropy"])
    assert metrics["val_perplexity"] == pytest.approx(perplexity.min()) and perplexity[-1] < perplexity[0]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["hugging_face", "hub"])
def test_an_encoder_pretrained_here_gives_the_same_strengths_throughout(
    pretrained: tuple[Path, Path], form: str, tmp_path: Path
) -> None:
    (log, encoder), out, trust = pretrained, tmp_path / "model", []
    if form == "hub":
        # What a stranger has of it: a SavedModel, whose graph has to be trusted wherever it is run.
        encoder = shutil.copytree(encoder, tmp_path / "encoder")
        for name in ("config.json", "tokenizer_config.json", "model.safetensors", "vocab.txt"):
            (encoder / name).unlink()
        trust = ["--trust"]
    train = (
        "intent_tf.train",
        "--events",
        log,
        "--encoder",
        encoder,
        "--epochs",
        2,
        "--encoder-epochs",
        1,
        "--encoder-tokens",
        64,
        "--out",
        out,
    )
    if trust:
        done = run(*train)
        assert done.returncode == 2 and "not trusted" in done.stderr and "--trust" in done.stderr
    done = run(*train, *trust)
    assert done.returncode == 0, done.stderr
    assert "TF Serving has them since 2.2" in done.stdout
    version = Path(done.stdout.splitlines()[-1])
    model = load_model(version, trust=bool(trust))
    from intent_tf.data.event_examples import event_examples

    frame = event_examples(str(log)).frame.head(100)
    probabilities = model.predict(frame)
    assert np.ptp(probabilities) > 0.01
    np.testing.assert_allclose(ServedModel(version).predict(frame), probabilities, rtol=0, atol=1e-6)

    frame.to_parquet(tmp_path / "rows.parquet")
    scored = tmp_path / "scored.csv"
    predict = ("intent_tf.predict", version, "--data", tmp_path / "rows.parquet", "--out", scored)
    if trust:
        done = run(*predict)
        assert done.returncode == 2 and "foreign SavedModel" in done.stderr and "--trust" in done.stderr
    done = run(*predict, *trust)
    assert done.returncode == 0, done.stderr
    found = pd.read_csv(scored)["intent_strength"]
    np.testing.assert_allclose(found, probabilities, rtol=0, atol=1e-6)
