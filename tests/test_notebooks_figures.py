"""Charts: what a reader loses when a label is cut off, covers another, or the order hides a ranking."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from analysis.lookups import load_csv
from analysis.reporting import display
from analysis.reporting.figures import FIGURES
from analysis.reporting.figures_parts import chunks
from analysis.reporting.figures_reconciliation import spread
from analysis.reporting.notebook import open_notebook
from analysis.reporting.sides import pick_city, pick_pair
from tests.compare_notices import NoticeMaker, reference_five

STATUSES = (
    "completed",
    "completed_long_term",
    "phased",
    "in_progress",
    "not_completed",
    "basically_completed",
    "long_term",
    "not_stated",
)


def many_long_names(count: int = 13) -> NoticeMaker:
    """Notices of the places with the longest names, of very different sizes, with parts missing."""
    draw = random.Random(7)
    places = sorted(
        (r for r in load_csv("places") if len(r["code"]) == 6),
        key=lambda r: (-len(r["short_name"] or ""), r["code"]),
    )[:count]
    types = [r["code"] for r in load_csv("codes_problem_types")]
    maker = NoticeMaker()
    for i, place in enumerate(places):
        size, year = (3, 14, 40, 120)[i % 4], (2019, 2021, 2023)[i % 3]
        statuses = (
            ["not_stated"] * size if i % 5 == 4 else draw.choices(STATUSES, (10, 4, 3, 4, 1, 2, 1, 3), k=size)
        )
        maker.notice(
            f"n{i}-{year}",
            place["short_name"],
            place["code"],
            year,
            statuses=statuses,
            types=draw.choices(types, k=size),
            measures=2,
            claims=[
                ("problems", "problem", size + i % 2),
                ("completed", "problem", statuses.count("completed")),
                ("measures", "measure", 2 * size),
            ],
            feedback_date=date(year, 3, 1) if i % 4 else None,
            inspection_start_date=date(year - 1, 9, 1),
            inspection_end_date=date(year - 1, 12, 1) if i % 3 else None,
            publication_date=date(year, 8, 1) + timedelta(days=40 * (i % 3)),
            cutoff_date=date(year, 7, 5) if i % 2 else None,
            is_excerpt=i % 6 == 0,
        )
    return maker


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {}
    for name, maker in (("five", reference_five()), ("many", many_long_names())):
        made[name] = tmp_path_factory.mktemp(name)
        for table, frame in maker.frames().items():
            frame.write_parquet(made[name] / f"{table}.parquet")
    return made


@pytest.mark.parametrize(("data", "lang"), [("five", "en"), ("many", "zh")])
def test_no_label_is_cut_off_or_covers_another(folders, data, lang, monkeypatch):
    faults: list[str] = []
    finish = display.finish

    def watched(figure, **said):
        block = finish(figure, **said)
        faults.extend(f"{said['id']}: {fault}" for fault in display.text_faults(figure))
        return block

    monkeypatch.setattr(display, "finish", watched)
    page = open_notebook("03_completion", data_dir=str(folders[data]), lang=lang)
    drawn = 0
    for name, draw in FIGURES.items():
        page.focus = {
            "types_pair": {"pair": pick_pair(page.ledger.notices)},
            "types_city": {"notice_ids": pick_city(page.ledger.notices)},
        }.get(name, {})
        drawn += len(draw(page))
    assert drawn >= len(FIGURES) and not faults


def test_the_fault_finder_finds_faults():
    """Were it blind, the test above could not fail."""
    with display.house_style():
        figure = display.new_figure(30)
        axes = figure.add_subplot()
        axes.text(0.5, 0.5, "鞍山鞍山")
        axes.text(0.52, 0.52, "益阳益阳")
        axes.text(3.0, 0.5, "outside", clip_on=False).set_in_layout(False)
    faults = display.text_faults(figure)
    assert any("covers" in fault for fault in faults) and any("leaves" in fault for fault in faults)


def test_a_character_without_a_glyph_would_be_noticed(folders, recwarn):
    page = open_notebook("03_completion", data_dir=str(folders["many"]), lang="zh")
    FIGURES["completion"](page)
    assert not [w for w in recwarn if "Glyph" in str(w.message)]


def test_the_same_data_draw_the_same_bytes(folders):
    pages = [open_notebook("03_completion", data_dir=str(folders["five"])) for _ in range(2)]
    first, second = (FIGURES["completion"](page)[0] for page in pages)
    assert first.svg == second.svg and first.png == second.png


def test_many_notices_become_several_even_figures():
    assert [len(part) for _, part in chunks(list(range(23)), 10)] == [8, 8, 7]
    assert list(chunks([], 10)) == [] and [s for s, _ in chunks([1], 10)] == [""]


@pytest.mark.parametrize("values", [[1, 1, 1], [0, 0.05, 5], [1, 2, 2, 2.01, 9], [5]])
def test_labels_of_a_slope_are_kept_apart_in_order(values):
    places = spread(values, 0.5)
    assert len(places) == len(values)
    assert all(b - a >= 0.5 - 1e-9 for a, b in zip(places, places[1:]))
    assert sum(places) == pytest.approx(sum(values))  # moved as little as possible: the mean stays


def test_absence_is_not_zero():
    assert (
        display.share(None)
        == display.number(None)
        == display.interval(None, None)
        == display.day(None)
        == "—"
    )
    assert display.share(0.0) == "0.0%" and display.number(0) == "0"
