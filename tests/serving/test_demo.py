"""The demo page in a real browser: a person's actions move the probability."""

from __future__ import annotations

import http.client
import json
import shutil

import pytest

from intent_tf.errors import InputError
from intent_tf.serving.model_versions import ModelVersions

pytest.importorskip("uvicorn", reason="the extra serving is not installed")

from rest_thread import running

from intent_tf.serving.demo import demo_routes
from intent_tf.serving.rest_app import rest_app


@pytest.fixture(scope="module")
def port(versions):
    with running(rest_app(versions, routes=demo_routes(versions))) as port:
        yield port


def post(port: int, body: bytes) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/demo/event", body)
    response = connection.getresponse()
    status, answer = response.status, json.loads(response.read())
    connection.close()
    return status, answer


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, port):
    page = browser.new_page(viewport={"width": 1180, "height": 860})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"http://127.0.0.1:{port}/demo")
    page.wait_for_selector(".item")
    yield page
    page.close()
    assert [each for each in problems if "favicon" not in each and "404" not in each] == []


def test_an_event_gives_a_strength_and_what_drove_it(port) -> None:
    status, answer = post(port, b'{"session": "a", "event": {"event_type": "search", "query": "lamp"}}')
    assert status == 200
    assert 0 <= answer["probability"] <= 1
    assert [each["what"] for each in answer["drivers"]] == ["lamp"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"session": "a"}', b'{"session": "a", "event": 3}', b'{"session": "a", "event": {}}'],
)
def test_an_event_that_is_not_usable_is_refused(port, body) -> None:
    status, answer = post(port, body)
    assert status == 400
    assert answer["error"]


def test_a_model_that_reads_no_sessions_is_refused(tiny) -> None:
    with pytest.raises(InputError, match="does not read sessions"):
        demo_routes(ModelVersions(tiny.folder))


def test_actions_move_the_strength_and_are_listed(page) -> None:
    assert page.inner_text("#percent") == "–"
    page.fill("#query", "compare jacket")
    page.click("#search button")
    page.wait_for_selector("#events li")
    first = page.inner_text("#percent")
    page.click("#departments button >> nth=0")
    page.click(".item >> nth=2 >> text=Details")
    page.click(".item >> nth=2 >> text=Cart")
    page.wait_for_function("document.querySelectorAll('#events li').length === 4")
    kinds = page.eval_on_selector_all("#events li em", "all => all.map(each => each.textContent)")
    assert kinds == ["cart", "detail", "browse", "search"]
    assert page.inner_text("#percent") != first
    assert page.eval_on_selector_all("#chart circle", "all => all.length") == 4


def test_a_new_shopper_starts_from_nothing(page) -> None:
    page.click(".item >> nth=0 >> text=Cart")
    page.wait_for_selector("#events li")
    page.click("#again")
    assert page.inner_text("#percent") == "–"
    page.click(".item >> nth=0 >> text=Click")
    page.wait_for_selector("#events li")
    assert page.eval_on_selector_all("#events li", "all => all.length") == 1


def test_a_narrow_window_needs_no_sideways_scrolling(page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
