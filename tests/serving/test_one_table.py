"""One table, in every form and on every way to the model, has one probability a row."""

import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.prepared import preprocess_data
from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.data.splitting import SplitPlan
from intent_tf.data.tables import TableFile, read_table
from intent_tf.models.intent_model import IntentModel
from intent_tf.options.training import TrainingConfig
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.signature_page import signature_page
from intent_tf.training.training import create_model

ROWS = 400


def _cells() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    weight = [f"{number:.1f}".replace(".", ",") for number in rng.uniform(1, 90, ROWS)]
    weight[3], weight[5] = "-", ""
    price = [f"{number:,.2f} €".translate(str.maketrans(",.", ".,")) for number in rng.exponential(900, ROWS)]
    return pd.DataFrame(
        {
            "price": price,
            "weight": weight,
            "stock": [f"{number}.{number % 10}00" if number else "" for number in rng.integers(0, 90, ROWS)],
            "code": rng.choice(["1", "2", "30", ""], ROWS),
            "ean": rng.choice(["0401234567890", "4012345678901", "0001"], ROWS),
            "version": rng.choice(["1.1", "1.10", "2.0"], ROWS),
            "slot": rng.choice(["08:00", "12:30", "18:45"], ROWS),
            "day": rng.choice(["2026-01-05", "2026-02-07", "2026-03-09"], ROWS),
            "created": rng.choice(["25.01.2026 10:30:00", "5.3.2026 8:00", "31.12.9999", ""], ROWS),
            "opened": rng.choice(["8:00", "09:30", ""], ROWS),
            "clicked": rng.integers(1_700_000_000, 1_760_000_000, ROWS).astype(str),
            "member": rng.choice(["true", "false", ""], ROWS),
            "newsletter": rng.choice(["x", ""], ROWS),
            "colours": rng.choice(["red;blue", "green", "blue; red;green", "red", "green;red", ""], ROWS),
            "title": [
                f"Ein schöner {word} für Müller" for word in rng.choice(["Hut", "Rock", "Schal"], ROWS)
            ],
            "pages": [json.dumps(rng.integers(1, 9, length).tolist()) for length in rng.integers(1, 5, ROWS)],
            "bought": rng.choice(["0", "1"], ROWS),
            "part": ["train", "train", "validation", "test"] * (ROWS // 4),
        }
    )


CELLS = _cells()
ODD_TEXTS = [
    "",
    " ",
    "-",
    "NaN",
    "null",
    "9999-12-31",
    "0000-00-00",
    "1.2.3",
    "31.02.2026",
    "99:99",
    "\u2028",
    "é" * 999,
]
ODD_TEXTS += [
    ";;;",
    "red;;red",
    "<b>",
    "\x00",
    "1e400",
    "1,234.5,6",
    "٣",
    "🛒",
    "25.01.1600 10:30:00",
    "-5.3.2026 8:00",
]
ODD_NUMBERS = [0, -1, 1e308, -1e38, 5e-324, 2**31, 2**63, -(2**63), float("nan"), float("inf"), float("-inf")]
KINDS = dict.fromkeys(("code", "ean", "version", "slot", "day"), "category") | {"title": "text"}


def _typed(cells: pd.DataFrame) -> pa.Table:
    """The same cells in types that hold what they say."""

    def number(cell: str) -> float | None:
        cell = cell.removesuffix(" €").replace(".", "").replace(",", ".")
        return float(cell) if cell.strip("-") else None

    makers: dict[str, tuple[Callable[[str], object], pa.DataType]] = {
        "price": (number, pa.float64()),
        "weight": (number, pa.float64()),
        "stock": (number, pa.float64()),
        "code": (lambda cell: int(cell) if cell else None, pa.int64()),
        "slot": (lambda cell: pd.Timestamp(f"2026-01-01 {cell}").time(), pa.time64("us")),
        "day": (lambda cell: pd.Timestamp(cell).date(), pa.date32()),
        "created": (_moment, pa.timestamp("ms")),
        "opened": (lambda cell: pd.Timestamp(f"2026-01-01 {cell}").time() if cell else None, pa.time64("us")),
        "clicked": (int, pa.int64()),
        "member": (lambda cell: {"true": True, "false": False}.get(cell), pa.bool_()),
        "newsletter": (lambda cell: cell or None, pa.string()),
        "colours": (_members, pa.list_(pa.string())),
        "pages": (json.loads, pa.list_(pa.int64())),
        "bought": (int, pa.int64()),
    }
    columns = {}
    for name in cells.columns:
        make, dtype = makers.get(name, (str, pa.string()))
        columns[name] = pa.array([make(cell) for cell in cells[name]], dtype)
    return pa.table(columns)


def _moment(cell: str) -> pd.Timestamp | None:
    return None if cell in ("", "31.12.9999") else pd.to_datetime(cell, dayfirst=True)


def _members(cell: str) -> list[str] | None:
    return [member.strip() for member in cell.split(";")] if cell else None


def _write(cells: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        pa.parquet.write_table(_typed(cells), path, row_group_size=64)
    elif path.suffix == ".jsonl":
        typed = _typed(cells).to_pylist()
        lines = [json.dumps(row, default=str, ensure_ascii=False) for row in typed]
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        cells.to_csv(path, index=False, sep=";", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[IntentModel, np.ndarray]:
    table = read_table(_write(CELLS, tmp_path_factory.mktemp("table") / "shop.csv")).frame
    keras.utils.set_random_seed(0)
    data = preprocess_data(table, "bought", kinds=KINDS, plan=SplitPlan(column="part"))
    model = create_model(data, TrainingConfig())
    for weight in model.trainable_variables:
        weight.assign_add(keras.random.normal(weight.shape, stddev=0.3))
    probabilities = model.predict(table)
    np.testing.assert_allclose(
        model.predict(data.train.frame), probabilities[table["part"] == "train"], atol=1e-6
    )
    assert np.ptp(probabilities) > 0.2
    return model, probabilities


@pytest.fixture(scope="module")
def shop(
    trained: tuple[IntentModel, np.ndarray], tmp_path_factory: pytest.TempPathFactory
) -> tuple[ServedModel, np.ndarray]:
    model, probabilities = trained
    folder = tmp_path_factory.mktemp("one") / "1"
    export_saved_model(model, folder)
    return ServedModel(folder), probabilities


def test_every_column_is_what_its_cells_say(shop: tuple[ServedModel, np.ndarray]) -> None:
    columns = shop[0].specification.columns
    assert {each.name: each.spelling or each.kind for each in columns} == {
        "price": "number",
        "weight": "number",
        "stock": "number",
        "code": "integer",
        "ean": "characters",
        "version": "characters",
        "slot": "date",
        "day": "date",
        "created": "date",
        "opened": "date",
        "clicked": "date",
        "member": "number",
        "newsletter": "characters",
        "colours": "set",
        "title": "text",
        "pages": "sequence",
    }


def test_the_page_of_signatures_tells_how_dates_are_written(shop: tuple[ServedModel, np.ndarray]) -> None:
    row = '| `created` | string as 31/01/2023 13:05:00 (day first) | (batch,) | `""` |'
    assert row in signature_page(shop[0]).splitlines()


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_rows_in_any_order_of_rows_and_columns_have_their_probabilities(
    data: st.DataObject,
    ending: str,
    shop: tuple[ServedModel, np.ndarray],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    model, probabilities = shop
    rows = data.draw(st.lists(st.integers(0, ROWS - 1), min_size=1, max_size=30))
    names = data.draw(st.permutations(list(CELLS.columns)))
    chunk = data.draw(st.integers(1, 40))
    path = _write(CELLS.iloc[rows][names], tmp_path_factory.mktemp("some") / f"some{ending}")
    whole = model.predict(read_table(path).frame)
    names = [column.name for column in model.specification.columns]
    chunks = [model.predict(each.frame(names)) for each in TableFile(path).chunks(chunk)]
    np.testing.assert_allclose(whole, probabilities[rows], rtol=0, atol=1e-6)
    np.testing.assert_allclose(np.concatenate(chunks), probabilities[rows], rtol=0, atol=1e-6)


def test_a_row_without_any_value_gets_the_training_rate_and_one_value_changes_that(
    shop: tuple[ServedModel, np.ndarray],
) -> None:
    model, _ = shop
    names = [column.name for column in model.specification.columns]
    blank = pd.DataFrame([dict.fromkeys(names, ""), dict.fromkeys(names, " ")]).assign(pages=[[], "[]"])
    blank.loc[1, ["weight", "created"]] = ["-", "31.12.9999"]  # which count as missing
    rate = CELLS["bought"][CELLS["part"] == "train"].astype(int).mean()
    np.testing.assert_allclose(model.predict(blank), rate, atol=1e-6)
    for name in names:
        one = blank[:1].assign(**{name: CELLS[name][~CELLS[name].isin(["", "-", "31.12.9999"])].iloc[0]})
        assert abs(model.predict(one)[0] - rate) > 1e-4, name


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_the_c_loader_gives_the_same(
    ending: str, shop: tuple[ServedModel, np.ndarray], load_in_c: Callable, tmp_path: Path
) -> None:
    model, probabilities = shop
    table = read_table(_write(CELLS, tmp_path / f"shop{ending}")).frame
    raw = {name: each.numpy() for name, each in padded(raw_columns(table, model.specification)).items()}
    found = load_in_c(model.folder).run(raw)["intent_strength"]
    np.testing.assert_allclose(found, probabilities, rtol=0, atol=1e-6)


def test_the_c_loader_gives_the_same_for_ten_thousand_odd_rows(
    trained: tuple[IntentModel, np.ndarray], shop: tuple[ServedModel, np.ndarray], load_in_c: Callable
) -> None:
    model, rng, rows = trained[0], np.random.default_rng(0), 10_000
    odd = [*ODD_TEXTS, *(str(value) for value in ODD_NUMBERS)]
    # A third of the cells are odd; the others come from other rows, in any combination.
    table = CELLS.drop(columns=["bought", "part"]).sample(rows, replace=True, random_state=0)
    for name in table:
        cells = rng.permutation(table[name].to_numpy())
        table[name] = np.where(rng.random(rows) < 1 / 3, rng.choice(odd, rows), cells)
    table["pages"] = [rng.choice(ODD_NUMBERS, length).tolist() for length in rng.integers(0, 9, rows)]
    raw = raw_columns(table, shop[0].specification)
    served = load_in_c(shop[0].folder).run({name: each.numpy() for name, each in padded(raw).items()})
    assert np.isfinite(served["intent_strength"]).all()
    np.testing.assert_allclose(served["intent_strength"], model.predict(table), rtol=0, atol=1e-6)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_the_client_gives_the_same(ending: str, shop: tuple[ServedModel, np.ndarray], tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="the extra serving is not installed")
    from rest_thread import running

    from intent_tf.serving import Client
    from intent_tf.serving.model_versions import ModelVersions
    from intent_tf.serving.rest_app import rest_app

    model, probabilities = shop
    table = read_table(_write(CELLS, tmp_path / f"shop{ending}")).frame
    with running(rest_app(ModelVersions(model.folder.parent, "shop"))) as port:
        found = Client(f"http://127.0.0.1:{port}/v1/models/shop").predict(table)
    np.testing.assert_allclose(found, probabilities, rtol=0, atol=1e-6)
