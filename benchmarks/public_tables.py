"""Compares on public tables that no data set's name stands for, one command each.

    python benchmarks/public_tables.py FOLDER_OF_DATA --out comparisons [--only cdnow bank …]

For each a table is written and `compare` is run on it; printed is the command, which can be run again by
itself. DMC 2010 is tested on its published test rows, the bank's calls by five folds and once by time (the
last fifth), the purchase logs by five folds over customers, known by their purchases before a date.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

#: Days after the date within which a purchase counts, and the latest purchases that are told of.
HORIZONS, PURCHASES = {"cdnow": ("2022-04-01", 91), "online_retail": ("2011-11-09", 30)}, 50


def dmc2010(data: Path, out: Path) -> list[str]:
    given, answers = (data / "dmc2010" / f"dmc2010_{name}.txt" for name in ("class", "real"))
    tables = [pd.read_csv(path, sep=";", dtype=str, keep_default_na=False) for path in (given, answers)]
    test = out / "dmc2010_test.csv"
    tables[0].merge(tables[1], on="customernumber", validate="one_to_one").to_csv(test, sep=";", index=False)
    train = data / "dmc2010" / "dmc2010_train.txt"
    return ["--data", str(train), "--test-data", str(test), "--label", "target90"]


def bank(data: Path, out: Path) -> list[str]:
    calls = data / "uci-bank-marketing" / "bank-additional-full.csv"
    return ["--data", str(calls), "--label", "y", "--drop", "duration"]


def bank_by_time(data: Path, out: Path) -> list[str]:
    calls = pd.read_csv(data / "uci-bank-marketing" / "bank-additional-full.csv", sep=";", dtype=str)
    calls.assign(call=range(len(calls))).to_csv(out / "bank_by_time.csv", index=False)
    table = str(out / "bank_by_time.csv")
    return ["--data", table, "--label", "y", "--drop", "duration", "--time", "call"]


def hillstrom(data: Path, out: Path) -> list[str]:
    mails = data / "hillstrom-email" / "hillstrom.csv"
    return ["--data", str(mails), "--label", "visit", "--drop", "conversion,spend"]


def cdnow(data: Path, out: Path) -> list[str]:
    names = ["customer", "time", "pieces", "paid"]
    bought = pd.read_csv(data / "cdnow" / "CDNOW_master.txt", sep=r"\s+", names=names)
    return _customers(bought.assign(time=pd.to_datetime(bought["time"], format="%Y%m%d")), "cdnow", out)


def online_retail(data: Path, out: Path) -> list[str]:
    folder = data / "uci-online-retail" / "by-day"
    if not folder.is_dir():
        sys.exit(f"unpack {folder}.tar.gz first, into {out / 'by-day'} or beside it")
    bought = pd.concat([pd.read_csv(path) for path in sorted(folder.glob("*.csv"))])
    bought = bought[(bought["Quantity"] > 0) & bought["CustomerID"].notna()]
    names = {"CustomerID": "customer", "InvoiceDate": "time", "Quantity": "pieces", "StockCode": "item"}
    names |= {"Description": "title", "UnitPrice": "price"}
    bought = bought.rename(columns=names)[list(names.values())]
    return _customers(bought.assign(time=pd.to_datetime(bought["time"])), "online_retail", out)


def _customers(bought: pd.DataFrame, name: str, out: Path) -> list[str]:
    """One row a customer: the latest purchases before the date as lists, and whether one follows."""
    day, days = HORIZONS[name]
    date = pd.Timestamp(day)
    bought = bought.sort_values(["customer", "time"], kind="stable")
    before = bought[bought["time"] < date]
    after = bought[bought["time"].between(date, date + pd.Timedelta(days=days), inclusive="left")]
    before = before.assign(days_before=(date - before["time"]) / pd.Timedelta(days=1)).drop(columns="time")
    table = before.groupby("customer").tail(PURCHASES).groupby("customer").agg(list)
    table["again"] = table.index.isin(after["customer"]).astype(int)
    table.to_parquet(out / f"{name}.parquet", index=False)
    return ["--data", str(out / f"{name}.parquet"), "--label", "again"]


TABLES: dict[str, Callable[[Path, Path], list[str]]] = {
    table.__name__: table for table in (dmc2010, bank, bank_by_time, hillstrom, cdnow, online_retail)
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the public data sets")
    parser.add_argument("--out", type=Path, default=Path("comparisons"))
    parser.add_argument("--only", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--sample", type=int, help="rows drawn of cdnow and online_retail (default: all)")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--models", default="intent_tf,lightgbm,logistic_regression,constant_rate")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        command = [sys.executable, "-m", "intent_tf.compare", *TABLES[name](options.data, options.out)]
        if options.sample and name in HORIZONS:
            table, sample = Path(command[4]), options.out / f"{name}_{options.sample}.parquet"
            pd.read_parquet(table).sample(options.sample, random_state=0).to_parquet(sample)
            command[4], name = str(sample), sample.stem
        command += [
            "--seeds",
            str(options.seeds),
            "--models",
            options.models,
            "--out",
            f"{options.out / name}",
        ]
        print(shlex.join(["python", *command[1:]]), flush=True)
        subprocess.run(command, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}, check=True)


if __name__ == "__main__":
    main()
