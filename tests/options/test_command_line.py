from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from intent_tf.errors import InputError, MissingExtraError
from intent_tf.options.command_line import parse_configuration, run_verb, to_yaml


@dataclass(frozen=True)
class Baking:
    """How a cake is baked.

    Args:
        minutes: Time in the oven, in minutes; 5 % more does no harm.
        heat: Of the oven, as a share of its best.
        shape: Of the tin.
        name: Of the cake.
        layers: Height of each layer, in cm.
        toppings: What goes on top.
        amounts: Of each ingredient.
        cover: Whether to cover it.
    """

    minutes: int = 40
    heat: float = 0.5
    shape: Literal["round", "square"] = "round"
    name: str | None = None
    layers: tuple[int, ...] = (3,)
    toppings: tuple[str, ...] = ()
    amounts: Mapping[str, str] = field(default_factory=dict)
    cover: bool = False


@dataclass(frozen=True)
class Serving:
    """Serving.

    Args:
        plates: How many.
    """

    plates: int = 1

    def __post_init__(self) -> None:
        if self.plates < 1:
            raise InputError(f"plates is {self.plates}", expected="at least 1")


def parse(*arguments: str) -> tuple[Baking, Serving]:
    (baking, serving), _ = parse_configuration("bake", "Bakes.", (Baking, Serving), arguments)
    return baking, serving


def parse_yaml(folder: Path, text: str, *arguments: str) -> Baking:
    path = folder / "options.yaml"
    path.write_text(text, encoding="utf-8")
    return parse("--config", str(path), *arguments)[0]


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        parse(*arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_without_arguments_all_is_at_its_default() -> None:
    assert parse() == (Baking(), Serving())


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["--minutes", "30"], "minutes", 30),
        (["--heat=0.25"], "heat", 0.25),
        (["--shape", "square"], "shape", "square"),
        (["--name", "plum, warm"], "name", "plum, warm"),
        (["--layers", "1,2, 3"], "layers", (1, 2, 3)),
        (["--toppings", "sugar,nuts"], "toppings", ("sugar", "nuts")),
        (["--amounts", "flour=1 kg, salt=a=b"], "amounts", {"flour": "1 kg", "salt": "a=b"}),
        (
            ["--toppings", '"sugar, brown",nuts,"5"" pan","'],
            "toppings",
            ("sugar, brown", "nuts", '5" pan', '"'),
        ),
        (["--toppings", '"",a=b,5" pan'], "toppings", ("", "a=b", '5" pan')),
        (["--amounts", '"a=b, c"="1, 2",d=e'], "amounts", {"a=b, c": "1, 2", "d": "e"}),
        (["--cover"], "cover", True),
        (["--cover", "--no-cover"], "cover", False),
    ],
)
def test_an_option_is_read_as_the_type_of_its_field(arguments: list[str], name: str, value: Any) -> None:
    assert getattr(parse(*arguments)[0], name) == value


def test_options_reach_the_dataclass_that_has_them() -> None:
    assert parse("--plates", "6", "--minutes", "1") == (Baking(minutes=1), Serving(plates=6))


def test_arguments_without_a_dash_are_returned() -> None:
    _, found = parse_configuration("bake", "Bakes.", (Serving,), ["cake"], {"what": "to bake"})
    assert found.what == "cake"


def test_help_names_meaning_unit_and_default_of_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse("--help")
    text = " ".join(capsys.readouterr().out.split())
    assert caught.value.code == 0
    assert all("--" + each.name in text for each in fields(Baking))
    assert "--minutes N Time in the oven, in minutes; 5 % more does no harm. [40]" in text
    assert "How a cake is baked: --minutes" in text and "--config FILE.yaml" in text


def test_an_unknown_option_names_the_nearest_known_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert "error: unknown option '--minuts' (did you mean '--minutes'?)" in complaint(
        capsys, "--minuts", "3"
    )


def test_an_option_is_not_known_by_its_first_letters(capsys: pytest.CaptureFixture[str]) -> None:
    assert "unknown option '--min'" in complaint(capsys, "--min", "3")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--minutes", "long"], "argument --minutes: found 'long', expected a whole number"),
        (["--heat", "hot"], "argument --heat: found 'hot', expected a number"),
        (["--layers", "1,two"], "argument --layers: found 'two', expected a whole number"),
        (["--amounts", "flour"], "argument --amounts: found 'flour', expected NAME=VALUE"),
        (["--shape", "squre"], "argument --shape: found 'squre' (did you mean 'square'?), expected 'round'"),
    ],
)
def test_a_value_of_the_wrong_type_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    said = complaint(capsys, *arguments)
    assert message in said and said.count("\n") == 1


def test_a_file_gives_options(tmp_path: Path) -> None:
    text = (
        "minutes: 5\nheat: 1\nshape: square\nname: null\nlayers: [1, 2]\namounts: {flour: 2}\ncover: true\n"
    )
    assert parse_yaml(tmp_path, text) == Baking(5, 1.0, "square", None, (1, 2), (), {"flour": "2"}, True)


def test_a_file_may_write_options_as_the_command_line_does(tmp_path: Path) -> None:
    text = "layers: 1,2\ntoppings: sugar\namounts: flour=2\nheat: 1e-3\n"
    assert parse_yaml(tmp_path, text) == Baking(
        layers=(1, 2), toppings=("sugar",), amounts={"flour": "2"}, heat=1e-3
    )


def test_a_number_is_text_where_text_is_wanted(tmp_path: Path) -> None:
    assert parse_yaml(tmp_path, "name: 2026\n").name == "2026"


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    assert parse_yaml(tmp_path, "minutes: 5\nheat: 0.1\n", "--minutes", "6") == Baking(minutes=6, heat=0.1)


def test_a_file_of_comments_changes_nothing(tmp_path: Path) -> None:
    assert parse_yaml(tmp_path, "# minutes: 5\n") == Baking()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("minuts: 5", r"unknown option 'minuts' \(did you mean 'minutes'\?\)"),
        ("minutes: 5.5", "option 'minutes' is 5.5; expected a whole number"),
        ("minutes: long", "option 'minutes': found 'long', expected a whole number"),
        ("minutes: true", "option 'minutes' is True; expected a whole number"),
        ("minutes: null", "option 'minutes' is None; expected a whole number"),
        ("heat: [1]", r"option 'heat' is \[1\]; expected a number"),
        ("shape: squre", r"option 'shape': found 'squre' \(did you mean 'square'\?\), expected 'round' or"),
        ("shape: 3", "option 'shape' is 3; expected 'round' or 'square'"),
        ("name: yes", "option 'name' is True; expected text in quotes"),
        ("layers: [1, a]", "option 'layers': found 'a', expected a whole number"),
        ("layers: 3", "option 'layers' is 3; expected a list"),
        ("amounts: [flour]", "option 'amounts' is .*; expected names with values"),
        ("cover: 'no'", "option 'cover' is 'no'; expected true or false"),
        ("- minutes", "holds no options; expected lines such as 'epochs: 20'"),
        ("minutes: [", "cannot be read as YAML"),
    ],
)
def test_what_a_file_may_not_hold_is_named_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"options.yaml: {message}"):
        parse_yaml(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.yaml: no such file; expected lines such as"):
        parse("--config", str(tmp_path / "none.yaml"))


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "options.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"options.yaml: cannot be read as YAML"):
        parse("--config", str(tmp_path / "options.yaml"))


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@given(
    st.builds(
        Baking,
        minutes=st.integers(),
        heat=st.floats(allow_nan=False),
        shape=st.sampled_from(["round", "square"]),
        name=st.none() | TEXTS,
        layers=st.lists(st.integers()).map(tuple),
        toppings=st.lists(TEXTS).map(tuple),
        amounts=st.dictionaries(TEXTS, TEXTS),
        cover=st.booleans(),
    )
)
def test_the_file_that_is_written_back_gives_the_same_options(
    tmp_path_factory: pytest.TempPathFactory, baking: Baking
) -> None:
    assert parse_yaml(tmp_path_factory.mktemp("options"), to_yaml(baking, Serving())) == baking


def test_the_file_that_is_written_back_holds_all_options_at_the_top() -> None:
    written = yaml.safe_load(to_yaml(Baking(), Serving(plates=2)))
    assert list(written) == [field.name for field in (*fields(Baking), *fields(Serving))]


@pytest.mark.parametrize(
    "error", [InputError("no cake"), MissingExtraError("no oven"), FileNotFoundError(2, "no tin")]
)
def test_bad_input_is_told_in_one_line_with_status_2(
    capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def main(arguments: object) -> None:
        raise error

    with pytest.raises(SystemExit) as caught:
        run_verb(main, [])
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"error: {error}\n"


def test_debug_shows_where_bad_input_was_found() -> None:
    def main(arguments: object) -> None:
        raise InputError("no cake")

    with pytest.raises(InputError, match="no cake"):
        run_verb(main, ["--debug"])


def test_a_mistake_of_the_program_is_never_hidden() -> None:
    def main(arguments: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_verb(main, [])


def test_a_configuration_that_refuses_its_values_is_heard() -> None:
    with pytest.raises(InputError, match="plates is 0; expected at least 1"):
        parse("--plates", "0")
