"""Each adapter on a log in its publisher's documented format, and on the real files where they are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from intent_tf.data.adapters import ADAPTERS, example_table
from intent_tf.data.event_log import LogFormat
from intent_tf.data.example_definition import ExampleDefinition
from intent_tf.data.examples import Prepared, prepare_examples
from intent_tf.data.session_rules import SessionRules
from intent_tf.errors import InputError
from intent_tf.options.log_reading import LogReading

LAST = ExampleDefinition(prediction_times="last")


def prepare(adapter: str, log: Path, definition: ExampleDefinition = LAST) -> Prepared:
    with ADAPTERS[adapter].opened(log) as files:
        return prepare_examples(files, definition, ADAPTERS[adapter].log_format)


def sequences(prepared: Prepared) -> list[dict[str, object]]:
    names = ["event_type", "elapsed", "item_id", "text", "query", "price"]
    rows = prepared.examples[names].to_dict("records")
    return [{str(name): list(value) for name, value in row.items()} for row in rows]


def real(folder: str) -> Path:
    path = Path(os.environ.get("INTENT_TF_DATA", "")) / folder
    if "INTENT_TF_DATA" not in os.environ or not path.exists():
        pytest.skip(f"needs {folder} in the folder that INTENT_TF_DATA names")
    return path


def test_retailrocket_reads_milliseconds_and_its_words_for_event_types(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "timestamp,visitorid,event,itemid,transactionid\n"
        "1433221332117,257597,view,355908,\n"
        "1433221352617,257597,view,248676,\n"
        "1433221399000,257597,addtocart,248676,\n"
        "1433221499000,257597,transaction,248676,4000\n"
    )
    prepared = prepare("retailrocket", tmp_path / "events.csv")
    assert prepared.examples["prediction_time"].tolist() == [pd.Timestamp("2015-06-02T05:02:32.617Z")]
    assert sequences(prepared)[0]["item_id"] == ["355908", "248676"]
    assert prepared.examples["purchase"].tolist() == [1]


def test_taobao_has_no_header_and_seconds(tmp_path: Path) -> None:
    (tmp_path / "UserBehavior.csv").write_text(
        "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,pv,1511561733\n1,2333346,2520771,buy,1511561743\n"
    )
    prepared = prepare("taobao", tmp_path)
    assert prepared.examples["purchase"].tolist() == [0, 1]
    assert [row["text"] for row in sequences(prepared)] == [["2520377"], ["2520771"]]


def test_yoochoose_joins_its_clicks_and_buys(tmp_path: Path) -> None:
    (tmp_path / "yoochoose-clicks.dat").write_text(
        "1,2014-04-07T10:51:09.277Z,214536502,0\n1,2014-04-07T10:54:09.868Z,214536500,0\n"
        "2,2014-04-07T13:56:37.614Z,214662742,S\n"
    )
    (tmp_path / "yoochoose-buys.dat").write_text("1,2014-04-07T10:58:00.306Z,214536502,1046,1\n")
    prepared = prepare("yoochoose", tmp_path)
    assert prepared.examples[["session_id", "events", "purchase"]].to_numpy().tolist() == [
        ["1", 2, 1],
        ["2", 1, 0],
    ]
    assert sequences(prepared)[0]["elapsed"] == [0.0, 180.591]


def test_yoochoose_without_its_buys_is_refused(tmp_path: Path) -> None:
    (tmp_path / "yoochoose-clicks.dat").write_text("1,2014-04-07T10:51:09.277Z,214536502,0\n")
    with pytest.raises(InputError, match=r"expected yoochoose-clicks\.dat and yoochoose-buys\.dat"):
        prepare("yoochoose", tmp_path)


def test_otto_unfolds_its_sessions_and_sets_broken_lines_aside(tmp_path: Path) -> None:
    session = {
        "session": 42,
        "events": [
            {"aid": 0, "ts": 1661200010000, "type": "clicks"},
            {"aid": 1, "ts": 1661200020000, "type": "clicks"},
            {"aid": 1, "ts": 1661200030000, "type": "carts"},
            {"aid": 1, "ts": 1661200040000, "type": "orders"},
        ],
    }
    (tmp_path / "train.jsonl").write_text(json.dumps(session) + '\n{"session": 43, "eve')
    prepared = prepare("otto", tmp_path)
    assert sequences(prepared)[0]["event_type"] == ["click", "click"]
    assert prepared.examples["purchase"].tolist() == [1]
    assert prepared.reasons == {"not a session in JSON": 1}


def ga4_event(name: str, micros: int, **more: object) -> str:
    parameters = [
        {"key": "ga_session_id", "value": {"int_value": "7"}},
        {"key": "page_title", "value": {"string_value": "Caps"}},
    ]
    if "term" in more:
        parameters.append({"key": "search_term", "value": {"string_value": more.pop("term")}})
    event = {
        "event_date": "20210131",
        "event_timestamp": str(micros),
        "event_name": name,
        "event_params": parameters,
        "user_pseudo_id": "1.2",
    }
    return json.dumps(event | more)


def test_ga4_reads_parameters_and_items(tmp_path: Path) -> None:
    cap = {"item_id": "9", "item_name": "Red cap", "item_brand": "Hat", "price": 12.5, "quantity": "1"}
    lines = [
        ga4_event("page_view", 1612069510766593, items=[]),
        ga4_event("view_search_results", 1612069511766593, term="red cap"),
        ga4_event("view_item", 1612069512766593, items=[cap]),
        ga4_event("add_to_cart", 1612069513766593, items=[cap]),
        ga4_event("purchase", 1612069514766593, items=[cap]),
        "not json",
    ]
    (tmp_path / "events.json").write_text("\n".join(lines))
    prepared = prepare("ga4", tmp_path)
    [row] = sequences(prepared)
    assert row["event_type"] == ["browse", "search", "detail"]
    assert row["query"] == ["", "red cap", ""]
    assert row["text"] == ["Caps", "Caps", "Red cap Hat"]
    assert row["item_id"] == ["", "", "9"]
    assert row["price"][2] == 12.5  # type: ignore[index]
    assert prepared.examples[["session_id", "purchase"]].to_numpy().tolist() == [["7", 1]]
    assert prepared.reasons == {"not JSON": 1}


def test_rees46_sample_sets_its_cut_line_aside() -> None:
    prepared = prepare("rees46", real("rees46-2019-oct-sample"), ExampleDefinition())
    assert prepared.counts["events"] == 17_434
    assert prepared.reasons == {"missing columns": 1}
    # One of the session ids is shared by two user ids, 42 seconds apart: a shopper who logged in.
    assert prepared.counts["sessions"] == 5_066
    assert prepared.counts["examples"] == 11_632
    assert prepared.counts["positives"] == 413


def test_dmc2013_buys_in_the_sessions_that_its_second_file_names() -> None:
    definition = ExampleDefinition(prediction_times="1", cut="purchase")
    prepared = prepare("dmc2013", real("dmc2013"), definition)
    assert prepared.counts["examples"] == 4_512
    assert prepared.reasons == {"the session is cut in the middle of a row": 6}
    assert prepared.counts["positives"] / 4_512 == pytest.approx(0.486, abs=0.0005)


def test_a_log_to_predict_is_read_as_the_one_that_the_model_learnt_from(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("user_id,timestamp,event_type\nann,13.03.2024,View\n")
    learnt = SessionRules({"view": "detail"}, time_format="%d.%m.%Y", timezone="Europe/Berlin")
    reading = LogReading()
    with example_table("", str(tmp_path / "log.csv"), reading, learnt=learnt, label="next_action") as file:
        [example] = pd.read_parquet(file).to_dict("records")
    assert (list(example["event_type"]), example["next_action"]) == (["detail"], "end")
    assert example["prediction_time"] == pd.Timestamp("2024-03-12T23:00Z")


@pytest.mark.parametrize("form", ["jsonl", "json", "parquet"])
def test_ga4_reads_every_item_of_a_purchase_in_every_form(tmp_path: Path, form: str) -> None:
    items = [{"item_id": str(at), "item_name": "cap", "price": 1.5, "quantity": 1} for at in range(3)]
    events = [
        json.loads(ga4_event(name, 1612069510766593 + at, items=items if name == "purchase" else items[:1]))
        for at, name in enumerate(["view_item", "purchase"])
    ]
    for event in events:
        event["event_params"][0]["value"] = {"string_value": "7", "int_value": None}
        event["event_params"][1]["value"] |= {"int_value": None}
    path = tmp_path / f"events.{form}"
    if form == "parquet":
        pd.DataFrame(events).to_parquet(path)
    else:
        path.write_text(
            "\n".join(map(json.dumps, events)) if form == "jsonl" else json.dumps(events, indent=1)
        )
    prepared = prepare("ga4", path)
    assert (prepared.counts["events"], prepared.examples["purchase"].tolist()) == (4, [1])
    assert prepared.examples["session_id"].tolist() == ["7"]


def test_an_invoice_log_of_uci_is_read_by_its_minutes(tmp_path: Path) -> None:
    path = tmp_path / "online_retail.csv"
    lines = [f"536365,{code},LANTERN {code},6,12/1/2010 8:26,2.55,17850,UK" for code in range(40)]
    lines += [
        "536366,7,WARMER,6,12/3/2010 14:05,1.85,17850,UK",
        "C536379,D,Discount,-1,12/4/2010 9:41,27.5,14527,UK",
    ]
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    path.write_text("\n".join([header, *lines]))
    columns = {
        "user_id": "CustomerID",
        "timestamp": "InvoiceDate",
        "item_id": "StockCode",
        "quantity": "Quantity",
    }
    read = LogFormat(columns, time_format="%m/%d/%Y %H:%M", event_type="purchase")
    prepared = prepare_examples(path, ExampleDefinition(prediction_times="last", cut="none"), read)
    assert (prepared.counts["events"], prepared.counts["bot_sessions"], prepared.reasons) == (42, 0, {})
    assert prepared.examples["events"].tolist() == [1, 40, 1]
