"""Tables: a reader would see a wrong number, a dash where there is a value, a cut list that looks whole, or markup."""

from __future__ import annotations

import html
import re
from functools import cache

import polars as pl
import pytest

from analysis import compare, tables
from analysis.links import source_href
from analysis.publishing.document import Table, plain, walk
from analysis.publishing.markup import read_html
from analysis.selection import Ledger
from analysis.tables.house import Column, house_table
from tests.display_corpora import corpus, five, front_page, shown_tables

HREF = re.compile(r'href="([^"]*)"')


@cache
def ledger_of(name: str) -> Ledger:
    return {"five": five, "25": lambda: corpus(25), "rounds": lambda: corpus(24, 3)}[name]()


def page(table) -> str:
    return table.as_raw_html()


def seen(table) -> str:
    """What a reader sees, tags taken away."""
    return html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page(table), flags=re.S))


@pytest.mark.parametrize(
    ("name", "lang"),
    [
        ("five", "zh"),
        pytest.param("25", "en", marks=pytest.mark.slow),
        pytest.param("rounds", "zh", marks=pytest.mark.slow),
    ],
)
def test_every_table_has_a_title_heads_and_links_that_lead_somewhere(name, lang):
    ledger = ledger_of(name)
    known = {source_href(key) for key in ledger.notices["notice_id"]}
    known |= {source_href(key) for key in ledger.problems["problem_id"]}
    known |= {source_href(key) for key in ledger.claims["claim_id"]}
    for topic, make in shown_tables(ledger, lang).items():
        made = page(make())
        assert 'class="gt_heading gt_title' in made, topic
        assert "None" not in made and ">nan<" not in made, topic
        assert not [href for href in HREF.findall(made) if html.unescape(href) not in known], topic
        assert made.count("<tr") <= 310, f"{topic}: longer than a reader will scroll"


def test_the_publisher_reads_what_a_table_shows():
    ratios = compare.completion(ledger_of("five"))
    blocks, warnings = read_html(page(tables.completion(ratios)), "zh")[:2]
    found = [block for block in walk(blocks) if isinstance(block, Table)]
    assert len(found) == 1 and len(found[0].rows) == ratios.height
    assert plain(found[0].caption) == "完成比例及其依据"


def test_numbers_are_those_of_the_frame():
    ratios = compare.completion(ledger_of("five"))
    shown = seen(tables.completion(ratios))
    for x, n, share in (
        ratios.filter(pl.col("share").is_not_null()).select("x_count", "n_count", "share").iter_rows()
    ):
        assert f"{x}/{n}" in shown
        assert f"{share * 100:.1f}%".replace("100.0%", "100%") in shown


def test_absence_is_a_dash_and_never_zero():
    ratios = compare.completion(ledger_of("five")).filter(pl.col("share").is_null()).head(1)
    shown = seen(tables.completion(ratios))
    assert "—" in shown and "0.0%" not in shown and "0/0" not in shown


def test_the_first_page_says_not_published_in_words():
    ratios, checks, evidence, still_open, recurring = front_page(ledger_of("five"))
    silent = ratios.with_columns(pl.lit(None, pl.Float64).alias("share"))
    assert "未公布" in seen(tables.key_numbers(silent, checks, evidence, still_open, recurring))
    shown = seen(tables.key_numbers(ratios, checks, evidence, still_open, recurring, "en"))
    wrong, decided = checks.filter(~pl.col("is_agreeing")).height, checks["is_agreeing"].is_not_null().sum()
    assert f"{wrong} of {decided}" in shown
    assert re.search(rf"\b{still_open.height}\b", shown)


def test_a_cut_table_says_of_how_many():
    ledger = ledger_of("25")
    still_open = compare.open_items(ledger)
    shown = seen(tables.open_items(still_open, ledger.problems, ledger.measures))
    assert f"只列前8行，共{still_open.height}行" in shown
    whole = seen(tables.open_items(still_open, ledger.problems, ledger.measures, most_rows=10_000))
    assert "只列前" not in whole


def test_both_quotes_stand_beside_a_disagreement():
    ledger = ledger_of("five")
    checks = compare.reconciliation(ledger)
    shown = seen(tables.reconciliation(checks, ledger.checks))
    assert "“53个”" in shown and "anshan-2021/" not in shown


@pytest.mark.slow
def test_words_of_a_notice_are_no_markup():
    evil = '<script>alert(1)</script><a href="http://evil.example">点我</a> **粗** [x](javascript:alert(1))'
    ledger = corpus(4, 2, statement=evil, measure=evil)
    for topic, make in shown_tables(ledger, "zh").items():
        made = page(make())
        assert "<script" not in made and 'href="http' not in made and "<strong>粗" not in made, topic
    assert "alert(1)" in seen(tables.problems(ledger.problems))


def test_an_empty_table_says_none():
    frame = pl.DataFrame(schema={"a": pl.String, "n": pl.Int64})
    assert "无" in seen(house_table(frame, [Column("甲", "a"), Column("数", "n", "count")], caption="空表"))
