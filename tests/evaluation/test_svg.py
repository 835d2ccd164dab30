from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import matplotlib as mpl

from intent_tf.evaluation.svg import COLOURS, svg


def line(axes):
    axes.plot([0, 1], [0, 1], color=COLOURS["model"], marker="o")
    axes.set(xlabel="an axis")


def test_it_is_well_formed():
    assert ElementTree.fromstring(svg(line, "a <line> & more")).get("aria-label") == "a <line> & more"


def test_it_has_no_size_of_its_own_and_so_fills_its_place():
    root = ElementTree.fromstring(svg(line, "a line", size=(4, 2)))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == (None, None, "0 0 288 144")


def test_every_colour_is_one_of_the_page():
    drawn = svg(line, "a line")
    assert "var(--model)" in drawn
    assert not re.search(r"#[0-9a-f]{6}\b", drawn)


def test_text_stays_text_in_the_font_of_the_page():
    drawn = svg(line, "a line")
    assert ">an axis</text>" in drawn
    assert "var(--font)" in drawn and "DejaVu" not in drawn


def test_the_same_plot_is_drawn_byte_for_byte_alike():
    assert svg(line, "a line") == svg(line, "a line")


def test_ids_of_two_plots_on_a_page_differ():
    first, second = (set(re.findall(r' id="([^"]+)"', svg(line, name))) for name in ("one", "two"))
    assert first and not first & second


def test_settings_of_matplotlib_are_left_as_they_were():
    before = dict(mpl.rcParams)
    svg(line, "a line")
    assert dict(mpl.rcParams) == before
