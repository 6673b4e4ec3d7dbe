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


class Compared:
    """The comparisons of a ledger by name, each made once: both languages, and every test, show the same."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> pl.DataFrame:
        found = getattr(compare, name)(self._ledger)
        setattr(self, name, found)
        return found


_compared: dict[int, tuple[Ledger, Compared]] = {}


def compared(ledger: Ledger) -> Compared:
    """The comparisons of ``ledger``; those of one that a test goes on to use are there already."""
    return _compared.setdefault(id(ledger), (ledger, Compared(ledger)))[1]


Shown = dict[str, Callable[[], Any]]


def shown_figures(ledger: Ledger, lang: str) -> Shown:
    """Each figure of the suite, by name."""
    of = compared(ledger)
    chosen = pl.col("definition_code") == "lenient"
    types = of.type_counts
    pair = types.filter(pl.col("notice_id").is_in(ledger.notice_ids[:2]))
    changes, trend = of.round_changes.filter(chosen), of.trend.filter(chosen)
    return {
        "completion": lambda: figures.completion(of.completion, lang),
        "counts": lambda: figures.counts(of.counts, lang),
        "differences": lambda: figures.differences(of.differences, lang),
        "evidence": lambda: figures.evidence(of.evidence_by_notice, lang),
        "measures_by_type": lambda: figures.measures_by_type(of.measures_by_type, lang),
        "open_items": lambda: figures.open_items(of.open_items, lang),
        "reconciliation": lambda: figures.reconciliation(of.reconciliation, lang),
        "round_changes": lambda: figures.round_changes(changes, trend, lang),
        "rounds": lambda: figures.rounds(of.rounds.filter(chosen), lang),
        "status_mix": lambda: figures.status_mix(of.status_mix, lang),
        "strip": lambda: figures.strip(types, of.completion, lang),
        "timeline": lambda: figures.timeline(of.timeline, lang),
        "types": lambda: figures.types(types, of.prevalence, lang),
        "types_compared": lambda: figures.types_compared(pair, lang),
    }


def front_page(ledger: Ledger) -> tuple[pl.DataFrame, ...]:
    """The five frames that the first page is made from."""
    of = compared(ledger)
    return of.completion, of.reconciliation, of.evidence_by_notice, of.open_items, of.recurrences


def shown_texts(ledger: Ledger, lang: str) -> Shown:
    """Each paragraph of the suite, by name."""
    of = compared(ledger)
    chosen = pl.col("definition_code") == "lenient"
    types, page = of.type_counts, front_page(ledger)
    rounds = of.rounds.filter(chosen)
    changes, trend = of.round_changes.filter(chosen), of.trend.filter(chosen)
    return {
        "again": lambda: text.again(of.similar, ledger.problems, lang),
        "completion": lambda: text.completion(page[0], lang),
        "counts": lambda: text.counts(of.counts, lang),
        "differences": lambda: text.differences(of.differences, lang),
        "evidence": lambda: text.evidence(page[2], lang),
        "intent": lambda: text.intent(of.evidence, ledger.measures, lang),
        "measures_by_type": lambda: text.measures_by_type(of.measures_by_type, lang),
        "method": lambda: text.method(of.flags, lang),
        "open_items": lambda: text.open_items(page[3], lang),
        "pooled": lambda: text.pooled(of.pooled, lang),
        "profile": lambda: text.profile(ledger.notices, of.timeline, page[0], lang),
        "quality": lambda: text.quality(
            ledger.notices, ledger.quarantine, ledger.excluded, of.coding_agreement, lang
        ),
        "quotes": lambda: text.quotes(ledger.problems, types, lang),
        "reconciliation": lambda: text.reconciliation(page[1], lang),
        "recurrences": lambda: text.recurrences(page[4], ledger.recurrences, lang),
        "robustness": lambda: text.robustness(of.robustness, lang),
        "rounds": lambda: text.rounds(rounds, changes, trend, lang),
        "start": lambda: text.start(lang),
        "summary": lambda: text.summary(*page, lang),
        "timeline": lambda: text.timeline(of.timeline, lang),
        "to_do": lambda: text.to_do(*page, lang),
        "types": lambda: text.types(types, lang),
    }


def shown_tables(ledger: Ledger, lang: str) -> Shown:
    """Each table of the suite, by name."""
    of = compared(ledger)
    page, changes = front_page(ledger), of.round_changes
    return {
        "agreement": lambda: tables.agreement(of.coding_agreement, lang),
        "checks": lambda: tables.checks(page[1], lang),
        "completion": lambda: tables.completion(page[0], lang),
        "counts": lambda: tables.counts(of.counts, lang),
        "dictionary": lambda: tables.dictionary(lang),
        "differences": lambda: tables.differences(of.differences, lang),
        "evidence": lambda: tables.evidence(of.evidence, ledger.problems, lang),
        "flags": lambda: tables.flags(of.flags, lang),
        "key_numbers": lambda: tables.key_numbers(*page, lang),
        "measures_by_type": lambda: tables.measures_by_type(of.measures_by_type, lang),
        "notices": lambda: tables.notices(of.notices, lang),
        "open_items": lambda: tables.open_items(page[3], ledger.problems, ledger.measures, lang),
        "overrepresentation": lambda: tables.overrepresentation(of.overrepresentation, lang),
        "parameters": lambda: tables.parameters(lang),
        "pooled": lambda: tables.pooled(of.pooled, lang),
        "prevalence": lambda: tables.prevalence(of.prevalence, lang),
        "problems": lambda: tables.problems(ledger.problems, lang),
        "reconciliation": lambda: tables.reconciliation(page[1], ledger.checks, lang),
        "recurrences": lambda: tables.recurrences(page[4], ledger.recurrences, lang),
        "robustness": lambda: tables.robustness(of.robustness, lang),
        "round_changes": lambda: tables.round_changes(changes, lang),
        "rounds": lambda: tables.rounds(of.rounds, lang),
        "set_aside": lambda: tables.set_aside(ledger.quarantine, lang),
        "similar": lambda: tables.similar(of.similar, ledger.problems, lang),
        "suite": lambda: tables.suite(lang),
        "timeline": lambda: tables.timeline(of.timeline, lang),
        "trend": lambda: tables.trend(of.trend, lang),
        "type_changes": lambda: tables.type_changes(changes, lang),
    }
