from __future__ import annotations

import json
from dataclasses import replace

import pytest

from intent_tf.data.specification import Column, FeatureSpecification
from intent_tf.errors import InputError

PRICE = Column("price", "number", "float")
TITLE = Column("title", "text", "string")
SPECIFICATION = FeatureSpecification(
    (PRICE, TITLE, Column("events", "sequence", "string", "session")),
    "bought",
    "yes",
    {"id": "an identifier"},
)


def test_columns_of_one_kind_are_named_in_order() -> None:
    specification = FeatureSpecification((TITLE, PRICE, Column("query", "text", "string")))
    assert specification.of_kind("text") == ("title", "query")


def test_a_column_is_found_by_its_name() -> None:
    assert SPECIFICATION["title"] is TITLE


def test_a_column_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no feature column 'titel' \(did you mean 'title'\?\)"):
        SPECIFICATION["titel"]


def test_the_label_cannot_be_a_feature() -> None:
    with pytest.raises(InputError, match="column 'price': the label is also a feature"):
        FeatureSpecification((PRICE, TITLE), "price")


def test_a_name_cannot_be_used_twice() -> None:
    with pytest.raises(InputError, match="column 'title': the column occurs twice"):
        FeatureSpecification((TITLE, PRICE, TITLE))


def test_without_a_column_the_reasons_are_told() -> None:
    with pytest.raises(InputError, match=r"no column is left .* \(id: an identifier\)"):
        FeatureSpecification((), "bought", excluded={"id": "an identifier"})


def test_an_unknown_type_of_values_is_refused() -> None:
    with pytest.raises(InputError, match="unknown type of values 'int'; expected string, float"):
        Column("x", "category", "int")  # type: ignore[arg-type]


def test_a_configuration_that_went_through_json_gives_the_same_specification() -> None:
    config = json.loads(json.dumps(SPECIFICATION.get_config()))
    assert FeatureSpecification.from_config(config) == SPECIFICATION


def test_of_several_label_values_and_of_a_comparison_the_description_tells_all() -> None:
    specification = replace(SPECIFICATION, positive=("yes", "PI"), negative=("no",))
    assert specification.rows()[-1]["values"] == "purchase = yes or PI"
    assert replace(specification, positive=">0").rows()[-1]["values"] == "purchase >0"
    config = json.loads(json.dumps(specification.get_config()))
    assert FeatureSpecification.from_config(config) == specification


def test_a_configuration_of_a_version_that_knew_one_label_value_is_read() -> None:
    config = SPECIFICATION.get_config()
    assert (
        FeatureSpecification.from_config({k: v for k, v in config.items() if k != "negative"}).positive
        == "yes"
    )


def test_the_description_lines_up_columns_kinds_and_reasons() -> None:
    assert SPECIFICATION.describe() == (
        "  column  kind      values\n"
        "  price   number    float\n"
        "  title   text      string\n"
        "  events  sequence  string item\n"
        "  id      excluded  an identifier\n"
        "  bought  label     purchase = yes"
    )
