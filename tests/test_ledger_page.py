"""The ledger page in a real browser: what a reader filters, opens, sends to somebody and exports."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from analysis.publishing.ledger_page import write_ledger_pages

EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


def frames_of(cities: int = 2, items: int = 3) -> dict[str, pl.DataFrame]:
    """``items`` items for each city: the first completed with evidence, the others in progress without."""
    notices = [
        {
            "notice_id": f"city{c}-2021",
            "city_code": f"21030{c}",
            "city_name": f"城{c}",
            "body_name": f"城{c}文旅局",
            "year": 2020 + c,
            "label_zh": f"城{c} {2020 + c}",
            "label_en": f"City{c} {2020 + c}",
        }
        for c in range(cities)
    ]
    problems, measures, evidence = [], [], []
    for notice in notices:
        for n in range(1, items + 1):
            key = f"{notice['notice_id']}/{n}"
            statement = {1: EVIL, 2: "=HYPERLINK(1) 资金管理不规范"}.get(n, f"学习不深入{n}")
            problems.append(
                {
                    "problem_id": key,
                    "notice_id": notice["notice_id"],
                    "parent_problem_id": None,
                    "is_leaf": True,
                    "statement_text": statement,
                    "cause_text": "认识不到位",
                    "status_code": "completed" if n == 1 else "in_progress",
                    "status_text": "已完成" if n == 1 else "正在推进",
                    "primary_type_code": "finance" if n == 2 else "theory_study",
                    "secondary_type_codes": "assets,eight_rules" if n == 2 else "",
                }
            )
            measures.append({"problem_id": key, "measure_text": f"措施甲{n}"})
            evidence.append(
                {"problem_id": key, "has_hard_evidence": n == 1, "has_intent_in_completed": n == 1}
            )
    empty = {"problem_id": pl.String, "quote_text": pl.String}
    titles = {"problem_id": pl.String, "title_text": pl.String, "document_number": pl.String}
    flags = [{"notice_id": notices[0]["notice_id"], "flag_code": "X"}]
    return {
        "out_notices": pl.DataFrame(notices),
        "out_flags": pl.DataFrame(flags),
        "out_evidence": pl.DataFrame(evidence),
        "core_problems": pl.DataFrame(problems, schema_overrides={"parent_problem_id": pl.String}),
        "core_measures": pl.DataFrame(measures),
        "core_events": pl.DataFrame(schema=empty),
        "core_citations": pl.DataFrame(schema=titles),
    }


def opened(browser: Browser, path: Path, address: str = "") -> Page:
    page = browser.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a notice's words ran as a script: {dialog.message}"))
    page.goto(path.as_uri() + address)
    page.wait_for_selector("html[data-ready=yes]")
    return page


def tick(page: Page, facet: str, value: str) -> None:
    page.evaluate("document.querySelectorAll('.facet').forEach(f => { f.open = true; })")
    page.locator(".facet", has_text=facet).locator("label", has_text=value).locator("input").check()


@pytest.fixture()
def ledger(tmp_path: Path) -> Path:
    return write_ledger_pages(frames_of(), tmp_path, "zh")[0]


@pytest.mark.browser
def test_a_filter_leaves_what_was_asked_for_and_counts_follow(browser: Browser, ledger: Path) -> None:
    page = opened(browser, ledger)
    assert page.inner_text("#count") == "共 6 项，当前 6 项"
    tick(page, "整改状态", "正在整改")
    assert page.inner_text("#count") == "共 6 项，当前 4 项"
    city = page.locator(".facet", has_text="城市").locator("label").first.inner_text()
    assert city.split() == ["城0", "2"], "the counts of the other facets follow the filter"
    page.fill("#words", "资金")
    expect(page.locator("#count")).to_contain_text("当前 2")
    page.click("#clear")
    assert page.inner_text("#count") == "共 6 项，当前 6 项"


@pytest.mark.browser
def test_a_view_can_be_sent_by_its_address(browser: Browser, ledger: Path) -> None:
    page = opened(browser, ledger)
    tick(page, "问题类型", "财务")
    page.locator(".item summary").first.click()
    page.wait_for_selector(".item .body")
    address = "#" + page.url.partition("#")[2]
    other = opened(browser, ledger, address)
    assert other.inner_text("#count") == "共 6 项，当前 2 项"
    assert "措施甲2" in other.inner_text(".item[open] .body")
    assert other.locator(".item[open] .body a").get_attribute("href") == "sources/city0-2021.html#p2"


@pytest.mark.browser
def test_words_of_a_notice_are_text_and_no_formula(browser: Browser, ledger: Path, tmp_path: Path) -> None:
    page = opened(browser, ledger)
    assert EVIL in page.locator(".what").first.inner_text() and page.locator("main img").count() == 0
    with page.expect_download() as download:
        page.click("#export")
    download.value.save_as(tmp_path / "shown.csv")
    exported = (tmp_path / "shown.csv").read_text(encoding="utf-8-sig")
    assert exported.count("\n") == 7 and ",\"'=HYPERLINK(1)" in exported


@pytest.mark.browser
def test_it_works_with_the_keyboard_on_a_phone_and_on_paper(browser: Browser, ledger: Path) -> None:
    page = opened(browser, ledger)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("/")
    page.keyboard.type("学习")
    expect(page.locator("#count")).to_contain_text("当前 2")
    page.locator(".item summary").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".item .body")
    page.emulate_media(media="print")
    assert not page.locator("aside").is_visible() and page.locator(".item").first.is_visible()


def test_a_large_corpus_gets_a_page_a_city_and_an_index(tmp_path: Path) -> None:
    """A single page of a hundred thousand items would not open."""
    index, *pages = write_ledger_pages(frames_of(cities=3), tmp_path, "en", most_items=5)
    assert [page.name for page in pages] == [f"ledger-city{c}-21030{c}.html" for c in range(3)]
    text = index.read_text(encoding="utf-8")
    assert all(page.name in text for page in pages) and text.count("3 items") == 3
