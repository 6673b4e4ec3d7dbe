"""Sentences: a reader would be told a wrong number, a finding that the data refuse, or a link to nothing."""

from __future__ import annotations

import html
import re
from functools import cache

import polars as pl
import pytest

from analysis import compare, text
from analysis.links import source_href
from analysis.paths import LOOKUPS
from analysis.publishing.markdown import read_markdown
from analysis.selection import Ledger
from tests.display_corpora import corpus, five, front_page, shown_texts

LINK = re.compile(r"\]\(([^)]*)\)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@cache
def ledger_of(name: str) -> Ledger:
    return {
        "five": five,
        "25": lambda: corpus(25),
        "rounds": lambda: corpus(78, 3),
        "one": lambda: corpus(1),
    }[name]()


def plain(markdown) -> str:
    """What a reader sees."""
    return html.unescape(LINK.sub("]", markdown.data))


def headline(markdown) -> str:
    return next(line for line in plain(markdown).splitlines() if line.startswith("## "))


def addresses(ledger: Ledger) -> set[str]:
    """Every place that a source page can have an anchor for."""
    keys = {
        "notices": "notice_id", "problems": "problem_id", "measures": "measure_id", "claims": "claim_id",
        "events": "event_id", "quantities": "figure_id", "citations": "citation_id",
    }  # fmt: skip
    known = {source_href(key) for frame, column in keys.items() for key in getattr(ledger, frame)[column]}
    return known | {source_href(key) for key in ledger.recurrences["recurrence_id"]}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "name",
    [
        "one",
        "five",
        pytest.param("25", marks=pytest.mark.slow),
        pytest.param("rounds", marks=pytest.mark.slow),
    ],
)
def test_every_paragraph_is_markdown_whose_links_lead_somewhere(name, lang):
    ledger = ledger_of(name)
    known = addresses(ledger)
    for topic, write in shown_texts(ledger, lang).items():
        said = write()
        broken = [link for link in LINK.findall(said.data) if link not in known]
        assert not broken, f"{topic}: {broken[:3]}"
        seen = plain(said)
        assert "None" not in seen and "{{" not in seen and "nan" not in seen.lower().split(), (
            f"{topic}: {seen}"
        )
        blocks, warnings = read_markdown(said.data, lang)
        assert not warnings, f"{topic}: {warnings}"
        shown = " ".join(str(block) for block in blocks)
        assert "**" not in shown, f"{topic}: emphasis that Markdown does not read"


@pytest.mark.parametrize("name", ["five", pytest.param("rounds", marks=pytest.mark.slow)])
def test_both_languages_give_the_same_numbers(name):
    zh, en = (shown_texts(ledger_of(name), lang) for lang in ("zh", "en"))
    for topic in set(zh) - {"start", "method"}:  # these two explain; what they count is compared below
        # "等9份" counts all, "and 6 more" the rest: both say of how many
        said = [
            re.sub(r"C\d+ ", "", plain(lang[topic]())) for lang in (zh, en)
        ]  # invented places have no English
        ours, theirs = (set(NUMBER.findall(words)) for words in said)
        differ = ours ^ theirs
        assert len(differ) <= (4 if name == "rounds" else 2), f"{topic}: {sorted(differ)}"


def test_numbers_of_the_first_page_are_those_of_the_tables():
    ledger = ledger_of("five")
    ratios, checks, evidence, still_open, recurring = page = front_page(ledger)
    said = headline(text.summary(*page))
    best = ratios.filter(
        pl.col("share").is_not_null() & pl.col("definition_code").is_in(["stated", "itemised"])
    )
    best = best.sort("definition_code").unique("notice_id", keep="first")
    assert f"{best['share'].min() * 100:.1f}%" in said
    assert f"{ratios['notice_id'].n_unique()}份通报中{best.height}份" in said
    spread = ratios.group_by("notice_id").agg(pl.col("share").max() - pl.col("share").min())["share"].max()
    assert f"{round(spread * 100)}个百分点" in said
    assert "丹东" in said
    to_do = plain(text.to_do(*page))
    assert f"{checks.filter(~pl.col('is_agreeing')).height}个总数" in to_do


def test_a_headline_says_the_opposite_when_the_numbers_do():
    ledger = ledger_of("five")
    checks = compare.reconciliation(ledger)
    agreeing = checks.with_columns(pl.lit(True).alias("is_agreeing"))
    more = checks.with_columns(pl.when(pl.col("check_code") == "completed").then(pl.col("stated_value") + 3)
                               .otherwise(pl.col("counted_value")).alias("counted_value"))  # fmt: skip
    assert "只见" in headline(text.reconciliation(checks))
    assert "却见" in headline(text.reconciliation(more))
    assert "一致" in headline(text.reconciliation(agreeing)) and "不一致" not in headline(
        text.reconciliation(agreeing)
    )
    still_open = compare.open_items(ledger)
    assert f"还有{still_open.height}项" in headline(text.open_items(still_open))
    assert "没有一项写明未完成" in headline(text.open_items(still_open.clear()))
    assert "no problem" in headline(text.open_items(still_open.clear(), "en")).lower()
    types = compare.type_counts(ledger)
    everywhere = types.with_columns(pl.lit(1, pl.Int64).alias("primary_count"))
    assert f"{types['notice_id'].n_unique()}份通报都有" in headline(text.types(everywhere))


def differences(verdict: str, overall: str, p: float) -> pl.DataFrame:
    """Differences of the five notices with other verdicts."""
    rows = compare.differences(ledger_of("five"))
    tested = (pl.col("comparison_code") == "pair") & pl.col("difference").is_not_null()
    return rows.with_columns(
        pl.when(tested).then(pl.lit(verdict)).when(pl.col("comparison_code") == "overall").then(pl.lit(overall))
        .otherwise("verdict_code").alias("verdict_code"),
        pl.when(pl.col("comparison_code") == "overall").then(p).otherwise("p_value").alias("p_value"),
    )  # fmt: skip


def test_no_difference_is_claimed_that_the_statistics_refuse():
    apart = headline(text.differences(differences("cannot_be_told_apart", "cannot_be_told_apart", 0.2)))
    assert "分不出高下" in apart and "看不出来" in apart
    single = headline(text.differences(differences("differs", "differs", 0.001)))
    assert "确有差别" in single and "分不出" not in single
    whole = headline(text.differences(differences("cannot_be_told_apart", "differs", 0.0001)))
    assert "并不一样" in whole and "说不出是哪两份" in whole
    none = text.differences(compare.differences(ledger_of("five")).clear())
    assert "可以相比" in headline(none)


def test_changes_between_rounds_are_told_as_the_verdict_says():
    ledger = ledger_of("rounds")
    chosen = pl.col("definition_code") == "lenient"
    rounds, changes = compare.rounds(ledger).filter(chosen), compare.round_changes(ledger).filter(chosen)
    trend = compare.trend(ledger).filter(chosen)

    def said(verdict: str) -> str:
        return headline(
            text.rounds(rounds, changes, trend.with_columns(pl.lit(verdict).alias("verdict_code")))
        )

    assert "上升" in said("rises") and "下降" not in said("rises")
    assert "下降" in said("falls") and "上升" not in said("falls")
    assert "看不出升降" in said("not_told_apart")
    assert "太少" in said("too_few")


@pytest.mark.slow
def test_words_of_a_notice_stay_words():
    """Text from a notice can be no heading, link, image, HTML or table of the page."""
    evil = "# 标题\n[点我](http://evil.example) ![](x) <script>alert(1)</script> |a|b| **粗** `代码` 1. 项"
    ledger = corpus(4, 2, statement=evil, measure=f"拟于5月{evil}")
    for lang in ("zh", "en"):
        for topic, write in shown_texts(ledger, lang).items():
            said = write().data
            assert "<script" not in said and "](http" not in said and "![" not in said, topic
            blocks, _ = read_markdown(said, lang)
            assert "evil.example'" not in str([getattr(b, "href", "") for b in blocks]), topic
    quoted = text.quotes(ledger.problems, compare.type_counts(ledger))
    assert "点我" in quoted.data and "script" in quoted.data  # shown as it stands


def test_lists_are_cut_at_a_stated_number():
    ledger = corpus(60)
    for lang in ("zh", "en"):
        for topic, write in shown_texts(ledger, lang).items():
            said = plain(write())
            assert sum(line.startswith("- ") for line in said.splitlines()) <= 14, topic
            assert len(said) < 3_500, topic


def test_notices_that_were_probably_misread_are_named_with_a_reason_and_a_next_step():
    ledger = ledger_of("25")
    notices = ledger.notices
    said = plain(shown_texts(ledger, "zh")["quality"]())
    doubtful = notices.filter(pl.col("reading_doubt_codes") != "").height
    assert 0 < doubtful < notices.height and f"{doubtful}份可能读错" in said
    assert "另一种层级解读同样可能（在原文中确认哪一级编号是问题）" in said
    sure = notices.with_columns(reading_doubt_codes=pl.lit(""))
    agreement = compare.coding_agreement(ledger)
    assert "可能读错" not in plain(text.quality(sure, ledger.quarantine, ledger.excluded, agreement))


def test_one_name_for_one_thing():
    """逐项 is what is counted item by item; its other names, and words no clerk uses, are gone."""
    for topic, write in shown_texts(ledger_of("five"), "zh").items():
        said = plain(write())
        for word in ("清点", "末级事项", "稀疏化", "先验", "逐项口径"):
            assert word not in said, f"{topic}: {word}"
    for name in (
        "compare/check_notes",
        "codes/codes_checks",
        "codes/codes_completion_definitions",
        "codes/codes_flags",
    ):
        said = (LOOKUPS / f"{name}.csv").read_text(encoding="utf-8")
        for word in ("清点", "末级事项", "逐项口径"):
            assert word not in said, f"{name}: {word}"


def test_a_notice_whose_figures_give_no_ratio_is_not_accused_of_silence():
    ratios = compare.completion(ledger_of("five"))
    muddled = ratios.filter(pl.col("notice_id") == "anshan-2021").with_columns(
        pl.lit(None, pl.Float64).alias("share"),
        pl.lit("声明的完成数大于声明的总数，不计算比例。").alias("note_zh"),
    )
    rows = pl.concat([muddled, ratios.filter(pl.col("notice_id") != "anshan-2021")])
    page = front_page(ledger_of("five"))[1:]
    assert "鞍山" not in headline(text.summary(rows, *page)) and "丹东" in headline(text.summary(rows, *page))
    said = plain(text.completion(rows))
    assert "算不出比例：[鞍山 2021]（声明的完成数大于声明的总数" in said and "鞍山 2021未公布" not in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_dates_that_contradict_each_other_are_named_and_not_counted(lang: str) -> None:
    """A publication before the feedback would make the fastest notice of all."""
    frame = compare.timeline(ledger_of("five"))
    days = pl.Series(
        "feedback_to_publication_days", [-500, *range(90, 90 + frame.height - 1)], dtype=pl.Int64
    )
    said = text.timeline(frame.with_columns(days), lang)
    assert "500" not in plain(said) and "90" in headline(said)
    assert frame[f"label_{lang}"][0] in plain(said)
