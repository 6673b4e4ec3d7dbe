"""Figures: a reader would see text cut off or overprinted, boxes for Chinese, or hear nothing of a chart."""

from __future__ import annotations

import warnings
from functools import cache
from itertools import combinations
from typing import Any

import matplotlib
import polars as pl
import pytest
from matplotlib.text import Text

from analysis import compare, figures
from analysis.selection import Ledger
from tests.display_corpora import corpus, five, shown_figures

SLACK = 1.5  # pixels at 144 dpi that may touch without being seen


@cache
def ledger_of(name: str) -> Ledger:
    return {
        "five": five,
        "25": lambda: corpus(25),
        "100": lambda: corpus(100),
        "rounds": lambda: corpus(15, 3),
        "many rounds": lambda: corpus(78, 3),
        "one": lambda: corpus(1),
    }[name]()


def printed(figure: Any) -> list[Text]:
    """The texts that are drawn, after the layout has settled."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    seen: list[Text] = []
    draw = renderer.draw_text

    def record(gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if mtext is not None and s.strip():
            seen.append(mtext)
        draw(gc, x, y, s, prop, angle, ismath=ismath, mtext=mtext)

    renderer.draw_text = record
    figure.draw(renderer)
    del renderer.draw_text
    return seen


@pytest.mark.parametrize(
    ("name", "lang"),
    [
        ("one", "zh"),
        ("five", "zh"),
        ("five", "en"),
        pytest.param("25", "en", marks=pytest.mark.slow),
        pytest.param("100", "zh", marks=pytest.mark.slow),
        pytest.param("rounds", "en", marks=pytest.mark.slow),
        pytest.param("many rounds", "zh", marks=pytest.mark.slow),
    ],
)
def test_every_figure_can_be_read(name, lang):
    for topic, draw in shown_figures(ledger_of(name), lang).items():
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a missing glyph or a layout that does not fit is a warning
            figure = draw()
            texts = printed(figure)
        where = f"{topic} of {name} in {lang}"
        assert figure.caption and len(figure.alt) > len(figure.caption), f"{where}: no words for it"
        page = figure.bbox
        boxes = [(text, text.get_window_extent()) for text in texts]
        out = [
            text.get_text()
            for text, box in boxes
            if box.x0 < page.x0 - SLACK
            or box.x1 > page.x1 + SLACK
            or box.y0 < page.y0 - SLACK
            or box.y1 > page.y1 + SLACK
        ]
        assert not out, f"{where}: outside the figure: {out}"
        over = [
            (a.get_text(), b.get_text())
            for (a, one), (b, two) in combinations(boxes, 2)
            if not (a.get_rotation() % 90 and b.get_rotation() % 90)
            and min(one.x1, two.x1) - max(one.x0, two.x0) > SLACK
            and min(one.y1, two.y1) - max(one.y0, two.y0) > SLACK
        ]
        assert not over, f"{where}: printed over each other: {over[:4]}"
        assert figure.get_figheight() * 25.4 < 215, f"{where}: taller than a page"


@pytest.mark.slow
def test_figures_do_not_grow_with_the_corpus():
    small = {name: draw().get_figheight() for name, draw in shown_figures(ledger_of("25"), "zh").items()}
    large = {name: draw().get_figheight() for name, draw in shown_figures(ledger_of("100"), "zh").items()}
    grown = {name: (small[name], large[name]) for name in small if large[name] > small[name] * 1.6}
    assert not grown


def test_what_a_figure_draws_comes_with_it():
    """The CSV beside a figure and its words for the blind hold the numbers of the frame."""
    ratios = compare.completion(ledger_of("five"))
    figure = figures.completion(ratios)
    assert figure.data is not None
    known = ratios.filter(pl.col("share").is_not_null())
    drawn = figure.data.filter(pl.col("share").is_not_null())
    assert drawn["share"].to_list() == known["share"].to_list()
    for x, n in known.select("x_count", "n_count").iter_rows():
        assert f"{x}/{n}" in figure.alt
    assert "未公布" in figure.alt and "not published" in figures.completion(ratios, "en").alt


def test_what_is_not_published_is_no_zero():
    ratios = compare.completion(ledger_of("five"))
    axes = figures.completion(ratios).axes[0]
    assert "未公布" in [text.get_text() for text in axes.texts]
    assert not any(
        0 in line.get_xdata() for line in axes.lines if line.get_marker() not in ("", "None", None)
    )


def test_a_reader_can_change_a_figure():
    figure = figures.completion(compare.completion(ledger_of("five")))
    figure.axes[0].set_title("我的标题")
    figure.axes[0].set_xlim(0.5, 1)
    figure.canvas.draw()
    assert "我的标题" in [text.get_text() for text in printed(figure)]


def test_figures_are_drawn_alike_whatever_a_notebook_has_set():
    ratios = compare.completion(ledger_of("five"))
    first = figures.completion(ratios)
    with matplotlib.rc_context({"font.size": 30, "axes.spines.left": True}):
        second = figures.completion(ratios)
    assert [t.get_fontsize() for t in printed(first)] == [t.get_fontsize() for t in printed(second)]


def test_nothing_is_left_in_pyplots_list():
    """A figure in pyplot's list is shown twice in a notebook."""
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    figures.strip(compare.type_counts(ledger_of("five")), compare.completion(ledger_of("five")))
    assert plt.get_fignums() == before


def test_a_cut_says_of_how_many():
    checks = compare.reconciliation(ledger_of("100"))
    wrong = checks.filter(~pl.col("is_agreeing")).height
    assert wrong > 12
    assert any("12" in note and str(wrong) in note for note in figures.reconciliation(checks).notes)
