from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from intent_tf.errors import InputError
from intent_tf.serving.trained_model import ModelFacts, read_facts

RELEASE = Path(__file__).parents[2] / "saved_models" / "compatibility" / "0.1.0"


def written(file: Path, rule: dict[str, Any] = {"positive": "purchase"}, **parts: Any) -> Path:  # noqa: B006
    """A file with as much of a model's configuration as the facts need."""
    specification = {"columns": [], "label": "outcome", **rule}
    preprocessor = {"config": {"specification": specification}}
    model = {"config": {"preprocessor": preprocessor, "threshold": 0.3, **parts}}
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps(model))
    return file


def test_the_facts_are_those_of_the_model_that_was_saved(tiny, tmp_path: Path) -> None:
    model = tiny.model.with_parts(threshold=0.25)
    model.save(tmp_path / "model.keras")
    assert read_facts(tmp_path / "model.keras") == ModelFacts("bought", None, 0.25)


def test_the_label_value_of_a_purchase_is_among_them(tmp_path: Path) -> None:
    assert read_facts(written(tmp_path / "model.keras")) == ModelFacts("outcome", "purchase", 0.3)


def test_several_label_values_and_those_that_count_as_none_are_among_them(tmp_path: Path) -> None:
    rule = {"positive": ["yes", "PI"], "negative": ["no"]}
    facts = read_facts(written(tmp_path / "model.keras", rule))
    assert (facts.positive, facts.negative) == (("yes", "PI"), ("no",))


def test_version_0_1_wrote_them_too() -> None:
    assert read_facts(RELEASE / "model.keras") == ModelFacts("bought", None, 0.5)


def test_a_foreign_graph_is_found_wherever_it_is(tmp_path: Path) -> None:
    encoder = {"config": {"parts": [{"registered_name": "intent_tf>HubSavedModel"}]}}
    assert read_facts(written(tmp_path / "model.keras", extractor=encoder)).holds_foreign_graph


def test_a_text_with_the_name_of_a_foreign_graph_is_none(tmp_path: Path) -> None:
    file = written(tmp_path / "model.keras", name="intent_tf>HubSavedModel")
    assert not read_facts(file).holds_foreign_graph


@pytest.mark.parametrize("content", ["not an archive", None])
def test_a_file_that_is_no_model_is_named(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "model.keras"
    if content is None:
        zipfile.ZipFile(file, "w").close()
    else:
        file.write_text(content)
    with pytest.raises(InputError, match=r"model\.keras: cannot be read as a model"):
        read_facts(file)
