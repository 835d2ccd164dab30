from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from intent_tf.columns.leaks import Leak
from intent_tf.data.cleaning import CleaningCounts
from intent_tf.data.predictions import Labels, Predictions
from intent_tf.data.splitting import PartCounts, SplitDescription
from intent_tf.errors import InputError
from intent_tf.evaluation.diagnosis import Diagnosis
from intent_tf.evaluation.difference import Difference
from intent_tf.evaluation.drift import ColumnDrift
from intent_tf.evaluation.importance import Importance
from intent_tf.evaluation.metrics import evaluate
from intent_tf.evaluation.report import Report, render_report, write_report
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.training.calibration import CalibrationChoice

RNG = np.random.default_rng(0)
TRUTH = RNG.uniform(size=500)
LABEL = (RNG.uniform(size=500) < TRUTH).astype(int)
PROBABILITIES = {
    "intent_tf": np.clip(TRUTH + RNG.normal(0, 0.05, 500), 0, 1),
    "uncalibrated": TRUTH**2,
    "logistic_regression": TRUTH**0.5,
    "constant_rate": np.full(500, 0.5),
    "optimum": TRUTH,
}
METRICS = RunMetrics(
    test=evaluate(Predictions.unweighted(LABEL, PROBABILITIES["intent_tf"]), 0.4),
    baselines={
        name: evaluate(Predictions.unweighted(LABEL, PROBABILITIES[name]))
        for name in ("logistic_regression", "constant_rate")
    },
    optimum=evaluate(Predictions.unweighted(LABEL, TRUTH)),
    calibration=CalibrationChoice("isotonic", 50, {}),
    cleaning=CleaningCounts(12330, 0, 125, 12205, 0, 0, 0),
    split=SplitDescription(
        "by time", None, 0, PartCounts(9000, 1400), PartCounts(900, 140), PartCounts(500, 70)
    ),
    throughput={"predict_rows_per_second": 54321},
    baseline_inputs=("pages", "seconds: mean dwell", "words of the texts"),
    slices={
        "Month = Nov": {
            "intent_tf": evaluate(Predictions.unweighted(LABEL[:100], TRUTH[:100])),
            "logistic_regression": evaluate(Predictions.unweighted(LABEL[:100], TRUTH[:100] ** 2)),
        }
    },
    diagnosis=Diagnosis(
        intervals={"intent_tf": {"auroc": [0.812345, 0.898765]}},
        comparison={"logistic_regression": {"auroc": Difference(0.0123, 0.001, 0.02, 0.0004)}},
        importance=[
            Importance("pages", 0.0765, 0.002, 0.03),
            Importance("noise", -0.0004, 0.001, 0.0),
        ],
        leaks=[Leak("PageValues", "number", 0.8631)],
        drift=[ColumnDrift("Month", 0.3333, "shifted")],
    ),
)
HISTORY = {"loss": [0.5, 0.4, 0.3], "val_loss": [0.5, 0.42, 0.45]}
SPECIFICATION = [{"column": "pages", "kind": "number", "values": "float"}]
FULL = render_report(
    Report("A shop", Labels.unweighted(LABEL), PROBABILITIES, METRICS, HISTORY, SPECIFICATION)
)
BARE = render_report(
    Report("A shop", Labels.unweighted(LABEL), {"intent_tf": TRUTH}, RunMetrics(test=METRICS.test))
)


class Tags(HTMLParser):
    """Checks that every tag is closed, in order, and gathers text and what is loaded."""

    def __init__(self, source):
        super().__init__()
        self.open, self.words, self.loaded = [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.loaded += [attributes[name] for name in ("src", "href", "xlink:href") if name in attributes]
        self.loaded += ["script"] if tag == "script" else []
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.remove(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("source", [FULL, BARE], ids=["full", "bare"])
def test_every_tag_is_closed(source):
    assert Tags(source).open == []


@pytest.mark.parametrize("source", [FULL, BARE], ids=["full", "bare"])
def test_nothing_is_loaded_from_anywhere_and_no_script_runs(source):
    assert all(loaded.startswith("#") for loaded in Tags(source).loaded)
    assert "url(" not in re.sub(r"url\(#\w+\)", "", source)


def test_no_id_is_used_twice():
    identifiers = re.findall(r'\sid="([^"]+)"', FULL)
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize(
    "shown",
    [
        "ROC",
        "Precision and recall",
        "Gain",
        "Lift",
        "Reliability",
        "Probabilities",
        "Confusion matrix",
        "Loss",
        "Permutation importance",
        "Drift from train to test",
        "Slices",
        "Model minus baseline",
        "Split",
        "Cleaning",
        "Throughput",
        "Feature specification: 1 columns",
        "What the baselines learnt from: 3 columns",
        "pages, seconds: mean dwell, words of the texts",
    ],
)
def test_the_full_report_shows(shown):
    assert shown in Tags(FULL).words


@pytest.mark.parametrize(
    "figure",
    [
        f"{METRICS.test.auroc:.4f}",
        "0.8123 to 0.8988",
        "12,330",
        "54,321",
        "0.0765",
        "0.3333",
        "shifted",
        "AUROC 0.863",
        "+0.0123",
        "&lt; 0.001",
        "Month = Nov",
        "--drop PageValues",
        "by time",
        "isotonic",
        "0.400",
    ],
)
def test_the_full_report_holds_the_figure(figure):
    assert figure in FULL


@pytest.mark.parametrize("excluded", ["Loss", "Slices", "Split", "Drift from train to test"])
def test_what_was_not_found_is_left_out(excluded):
    assert excluded not in Tags(BARE).words


def test_the_curves_name_the_baselines_but_for_the_constant_one():
    plot = re.search(r'<svg role="img" aria-label="ROC".*?</svg>', FULL, flags=re.S).group()
    assert [name in plot for name in ("logistic regression", "exact optimum", "constant rate")] == [
        True,
        True,
        False,
    ]


def test_the_verdict_says_so_where_a_baseline_is_better():
    better = replace(METRICS, baselines={"oracle": replace(METRICS.optimum, log_loss=0.1)})
    page = render_report(Report("A shop", Labels.unweighted(LABEL), PROBABILITIES, better))
    assert "higher than that of the best baseline, oracle" in page


def test_names_from_data_cannot_inject_html():
    evil = "<script>alert(1)</script>"
    metrics = replace(
        METRICS,
        slices={evil: METRICS.slices["Month = Nov"]},
        source_counts={evil: 1},
        split=replace(METRICS.split, method=evil, group=evil),
        diagnosis=Diagnosis(
            leaks=[Leak(evil, "number", 0.9)],
            importance=[replace(METRICS.diagnosis.importance[0], column=evil)],
            drift=[ColumnDrift(evil, 0.1, evil)],
        ),
    )
    page = render_report(
        Report(evil, Labels.unweighted(LABEL), PROBABILITIES, metrics, HISTORY, [{evil: evil}])
    )
    assert "<script" not in page


def test_labels_of_one_class_make_a_page_without_curves():
    label, probability = [0, 0, 0], [0.1, 0.2, 0.3]
    metrics = RunMetrics(
        test=evaluate(Predictions.unweighted(label, probability)),
        baselines={"constant_rate": evaluate(Predictions.unweighted(label, probability))},
    )
    page = render_report(Report("A shop", Labels.unweighted(label), {"intent_tf": probability}, metrics))
    assert "Confusion matrix" in page and "<svg" not in page


def test_the_same_report_is_written_byte_for_byte_alike(tmp_path):
    report = Report("店 A", Labels.unweighted(LABEL), PROBABILITIES, METRICS, HISTORY, SPECIFICATION)
    for name in ("one.html", "two.html"):
        write_report(tmp_path / name, report)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_strengths_without_the_model_are_refused():
    with pytest.raises(InputError, match="probabilities of optimum; expected those of intent_tf"):
        Report("A shop", Labels.unweighted(LABEL), {"optimum": TRUTH}, METRICS)


def test_strengths_of_another_length_are_refused():
    with pytest.raises(InputError, match="shape"):
        Report("A shop", Labels.unweighted(LABEL), {"intent_tf": TRUTH[:3]}, METRICS)


@pytest.mark.parametrize("width", [360, 1200])
def test_a_browser_shows_it_without_scrolling_sideways(tmp_path, width):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed")
    # The browser has a least window width; a frame has not.
    probe = (
        f'<iframe id="frame" width="{width}" height="900" src="report.html"></iframe><script>onload = () => '
        "document.title = document.getElementById('frame').contentDocument.documentElement.scrollWidth"
        "</script>"
    )
    write_report(
        tmp_path / "report.html",
        Report("A shop", Labels.unweighted(LABEL), PROBABILITIES, METRICS, HISTORY, SPECIFICATION),
    )
    (tmp_path / "probe.html").write_text(probe)
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom"]
    page = subprocess.run(
        [browser, *options, (tmp_path / "probe.html").as_uri()], capture_output=True, text=True, check=True
    ).stdout
    assert int(re.search(r"<title>(\d+)</title>", page).group(1)) <= width
