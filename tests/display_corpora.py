"""Invented corpora of any size, and everything that the suite shows of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl

from analysis import compare, figures, tables, text
from analysis.selection import Ledger, select_frames
from tests.compare_notices import TYPES, NoticeMaker, reference_five

CITIES = [f"{a}{b}" for a in "鞍丹榆开益衡株湘邵岳" for b in "山东树封阳州潭乡宁平"]
STATUSES = ("completed", "completed_long_term", "phased", "in_progress", "not_completed", "not_stated")
STATEMENT = "落实上级部署不够到位，重点工作推进缓慢，监督检查不经常"


def corpus(
    size: int, rounds: int = 1, statement: str = STATEMENT, measure: str = "拟于5月完成验收"
) -> Ledger:
    """``size`` notices of ``size / rounds`` cities; each third problem is open, each notice has one wrong total."""
    made = NoticeMaker()
    for number in range(size):
        city, turn = divmod(number, rounds)
        year = 2016 + turn * 3 + city % 2
        count = 9 + number % 8
        statuses = [STATUSES[(i * i + number) % 6 if i % 3 == 0 else 0] for i in range(count)]
        done = sum(status in ("completed", "completed_long_term") for status in statuses)
        notice = f"c{city}-{year}"
        feedback = date(year, 1, 10) + timedelta(days=number % 40)
        made.notice(
            notice,
            CITIES[city],
            f"{110000 + city}",
            year,
            statuses=[] if number % 11 == 7 else statuses,
            types=[TYPES[(i + number) % len(TYPES)] for i in range(count)],
            statements=[f"{statement}（第{i}项）" for i in range(count)],
            texts=[
                measure if i % 4 == 0 else "召开专题会议研究部署，印发管理办法，开展监督检查"
                for i in range(count)
            ],
            claims=[("problems", "problem", count), ("completed", "problem", done + number % 3)],
            inspection_start_date=feedback - timedelta(days=120),
            inspection_end_date=feedback - timedelta(days=60),
            feedback_date=feedback,
            publication_date=feedback + timedelta(days=90 + number % 50),
            publication_basis="signature",
            inspection_team_name="第一巡察组",
            reading_score=0.6 if number % 9 == 0 else 1.0,
            reading_doubt_codes="other_reading,text_unread,few_problems" if number % 9 == 0 else "",
        )
        if number % 4 == 0 and number % 11 != 7:
            made.add(
                "core_recurrences",
                recurrence_id=f"{notice}/1#r1",
                notice_id=notice,
                problem_id=f"{notice}/1",
                earlier_source="inspection",
                earlier_count=20,
                still_open_count=3,
                quote_text=f"上轮反馈20个问题，仍有3个未整改，{statement}",
                char_start=1,
                char_end=9,
            )
    return select_frames(made.frames())


def five() -> Ledger:
    """Notices with the sizes, results and totals of the five reports."""
    return select_frames(reference_five().frames())


Shown = dict[str, Callable[[], Any]]


def shown_figures(ledger: Ledger, lang: str) -> Shown:
    """Each figure of the suite, by name."""
    chosen = pl.col("definition_code") == "lenient"
    types = compare.type_counts(ledger)
    pair = types.filter(pl.col("notice_id").is_in(ledger.notice_ids[:2]))
    changes, trend = compare.round_changes(ledger).filter(chosen), compare.trend(ledger).filter(chosen)
    return {
        "completion": lambda: figures.completion(compare.completion(ledger), lang),
        "counts": lambda: figures.counts(compare.counts(ledger), lang),
        "differences": lambda: figures.differences(compare.differences(ledger), lang),
        "evidence": lambda: figures.evidence(compare.evidence_by_notice(ledger), lang),
        "measures_by_type": lambda: figures.measures_by_type(compare.measures_by_type(ledger), lang),
        "open_items": lambda: figures.open_items(compare.open_items(ledger), lang),
        "reconciliation": lambda: figures.reconciliation(compare.reconciliation(ledger), lang),
        "round_changes": lambda: figures.round_changes(changes, trend, lang),
        "rounds": lambda: figures.rounds(compare.rounds(ledger).filter(chosen), lang),
        "status_mix": lambda: figures.status_mix(compare.status_mix(ledger), lang),
        "strip": lambda: figures.strip(types, compare.completion(ledger), lang),
        "timeline": lambda: figures.timeline(compare.timeline(ledger), lang),
        "types": lambda: figures.types(types, compare.prevalence(ledger), lang),
        "types_compared": lambda: figures.types_compared(pair, lang),
    }


def front_page(ledger: Ledger) -> tuple[pl.DataFrame, ...]:
    """The five frames that the first page is made from."""
    return (
        compare.completion(ledger),
        compare.reconciliation(ledger),
        compare.evidence_by_notice(ledger),
        compare.open_items(ledger),
        compare.recurrences(ledger),
    )


def shown_texts(ledger: Ledger, lang: str) -> Shown:
    """Each paragraph of the suite, by name."""
    chosen = pl.col("definition_code") == "lenient"
    types, page = compare.type_counts(ledger), front_page(ledger)
    rounds = compare.rounds(ledger).filter(chosen)
    changes, trend = compare.round_changes(ledger).filter(chosen), compare.trend(ledger).filter(chosen)
    return {
        "again": lambda: text.again(compare.similar(ledger), ledger.problems, lang),
        "completion": lambda: text.completion(page[0], lang),
        "counts": lambda: text.counts(compare.counts(ledger), lang),
        "differences": lambda: text.differences(compare.differences(ledger), lang),
        "evidence": lambda: text.evidence(page[2], lang),
        "intent": lambda: text.intent(compare.evidence(ledger), ledger.measures, lang),
        "measures_by_type": lambda: text.measures_by_type(compare.measures_by_type(ledger), lang),
        "method": lambda: text.method(compare.flags(ledger), lang),
        "open_items": lambda: text.open_items(page[3], lang),
        "pooled": lambda: text.pooled(compare.pooled(ledger), lang),
        "profile": lambda: text.profile(ledger.notices, compare.timeline(ledger), page[0], lang),
        "quality": lambda: text.quality(
            ledger.notices, ledger.quarantine, ledger.excluded, compare.coding_agreement(ledger), lang
        ),
        "quotes": lambda: text.quotes(ledger.problems, types, lang),
        "reconciliation": lambda: text.reconciliation(page[1], lang),
        "recurrences": lambda: text.recurrences(page[4], ledger.recurrences, lang),
        "robustness": lambda: text.robustness(compare.robustness(ledger), lang),
        "rounds": lambda: text.rounds(rounds, changes, trend, lang),
        "start": lambda: text.start(lang),
        "summary": lambda: text.summary(*page, lang),
        "timeline": lambda: text.timeline(compare.timeline(ledger), lang),
        "to_do": lambda: text.to_do(*page, lang),
        "types": lambda: text.types(types, lang),
    }


def shown_tables(ledger: Ledger, lang: str) -> Shown:
    """Each table of the suite, by name."""
    page, changes = front_page(ledger), compare.round_changes(ledger)
    return {
        "agreement": lambda: tables.agreement(compare.coding_agreement(ledger), lang),
        "checks": lambda: tables.checks(page[1], lang),
        "completion": lambda: tables.completion(page[0], lang),
        "counts": lambda: tables.counts(compare.counts(ledger), lang),
        "dictionary": lambda: tables.dictionary(lang),
        "differences": lambda: tables.differences(compare.differences(ledger), lang),
        "evidence": lambda: tables.evidence(compare.evidence(ledger), ledger.problems, lang),
        "flags": lambda: tables.flags(compare.flags(ledger), lang),
        "key_numbers": lambda: tables.key_numbers(*page, lang),
        "measures_by_type": lambda: tables.measures_by_type(compare.measures_by_type(ledger), lang),
        "notices": lambda: tables.notices(compare.notices(ledger), lang),
        "open_items": lambda: tables.open_items(page[3], ledger.problems, ledger.measures, lang),
        "overrepresentation": lambda: tables.overrepresentation(compare.overrepresentation(ledger), lang),
        "parameters": lambda: tables.parameters(lang),
        "pooled": lambda: tables.pooled(compare.pooled(ledger), lang),
        "prevalence": lambda: tables.prevalence(compare.prevalence(ledger), lang),
        "problems": lambda: tables.problems(ledger.problems, lang),
        "reconciliation": lambda: tables.reconciliation(page[1], ledger.checks, lang),
        "recurrences": lambda: tables.recurrences(page[4], ledger.recurrences, lang),
        "robustness": lambda: tables.robustness(compare.robustness(ledger), lang),
        "round_changes": lambda: tables.round_changes(changes, lang),
        "rounds": lambda: tables.rounds(compare.rounds(ledger), lang),
        "set_aside": lambda: tables.set_aside(ledger.quarantine, lang),
        "similar": lambda: tables.similar(compare.similar(ledger), ledger.problems, lang),
        "suite": lambda: tables.suite(lang),
        "timeline": lambda: tables.timeline(compare.timeline(ledger), lang),
        "trend": lambda: tables.trend(compare.trend(ledger), lang),
        "type_changes": lambda: tables.type_changes(changes, lang),
    }
