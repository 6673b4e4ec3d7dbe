"""What a user loses when these fail: events placed in the wrong year, plans counted as done."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.parsing.facts.scan import read_facts
from analysis.parsing.layout.flow import make_flow
from analysis.parsing.structure import Measure, Problem, Structure
from analysis.parsing.text.numerals import mend_numbers, read_number
from analysis.parsing.text.shadow import make_shadow

NOTICE = {
    "inspection_start_date": date(2020, 8, 6),
    "inspection_end_date": date(2020, 10, 15),
    "feedback_date": date(2021, 2, 23),
    "publication_date": date(2021, 6, 1),
}


def structure(statement: str, measures: str) -> Structure:
    text = f"1.{statement}整改情况：{measures}"
    at = len(statement) + 2
    problem = Problem(
        "1",
        block_start=0,
        block_end=len(text),
        statement_start=2,
        statement_end=at,
        measure_spans=[(at, len(text))],
        measures=[Measure(1, None, at + 5, len(text))],
    )
    return Structure(text, make_shadow(text), make_flow(make_shadow(text)), problems=[problem])


def events(measures: str, statement: str = "学习不深入。", notice: dict | None = None) -> list[dict]:
    parsed = structure(statement, measures)
    rows = read_facts(parsed, NOTICE if notice is None else notice)["core_events"]
    for row in rows:
        assert parsed.text[row["char_start"] : row["char_end"]] == row["quote_text"]
    return rows


def days(rows: list[dict]) -> list[tuple[str, str]]:
    return [(row["start_date"].isoformat(), row["end_date"].isoformat()) for row in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020年8月6日至10月15日开展检查。", [("2020-08-06", "2020-10-15")]),
        ("2020年12月-2021年2月举办活动。", [("2020-12-01", "2021-02-28")]),
        ("2020年11月8日至1月14日开展检查。", [("2020-11-08", "2021-01-14")]),
        ("2024年6月—8月参加比赛。", [("2024-06-01", "2024-08-31")]),
        ("2021年6月1日-15日盘点。", [("2021-06-01", "2021-06-15")]),
        (
            "分别于3月4日、3月25日、4月20日召开会议。",
            [("2021-03-04", "2021-03-04"), ("2021-03-25", "2021-03-25"), ("2021-04-20", "2021-04-20")],
        ),
        (
            "2021年2月7日、4月4日，局领导带队检查。",
            [("2021-02-07", "2021-02-07"), ("2021-04-04", "2021-04-04")],
        ),
        (
            "2020年12月14日、12月16日党组会进行了回避。市体育中心于4月7日召开党委会。",
            [("2020-12-14", "2020-12-14"), ("2020-12-16", "2020-12-16"), ("2021-04-07", "2021-04-07")],
        ),
        (
            "2024年9月市发改委批复，同年12月市财政局完成审核。",
            [("2024-09-01", "2024-09-30"), ("2024-12-01", "2024-12-31")],
        ),
        ("至今年4月，备案84人。", [("2021-04-01", "2021-04-30")]),
        ("去年12月20日召开会议。", [("2020-12-20", "2020-12-20")]),
        ("二〇二一年三月五日召开会议。", [("2021-03-05", "2021-03-05")]),
        ("2021年4月中旬推出线路。", [("2021-04-11", "2021-04-20")]),
        (
            "2021年上半年梳理项目，2021年一季度发文5件。",
            [("2021-01-01", "2021-06-30"), ("2021-01-01", "2021-03-31")],
        ),
        ("制定《2021年3月至5月工作计划》（辽广党字〔2021〕11号）。", []),
        ("编制规划（2021-2035年）文本。", []),
        ("2016-2018年党组会议没有记录。", [("2016-01-01", "2018-12-31")]),
        ("整改期限为3个月，每月15日为活动日。", []),
        ("学习近3年来第12次会议精神。", []),
    ],
)
def test_a_date_printed_without_its_year_gets_the_right_one(text: str, expected: list) -> None:
    assert days(events(text)) == expected


def test_a_finding_does_not_take_the_rectification_year() -> None:
    rows = events("召开会议。", statement="2020年4月组织排查，9月召开专题会议。")
    assert days(rows) == [("2020-04-01", "2020-04-30"), ("2020-09-01", "2020-09-30")]
    alone = events("召开会议。", statement="11月召开会议没有记录。")
    assert days(alone) == [("2019-11-01", "2019-11-30")] and alone[0]["is_ambiguous"]


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("拟于2021年5月10日邀请专家培训。", True),
        ("预计2021年10月完成。", True),
        ("5月25日前完成整改工作。", True),
        ("均已于5月底前整改。", False),
        ("已于2021年3月4日成立领导小组。", False),
        ("2021年8月1日修缮并开馆。", True),
    ],
)
def test_a_plan_is_not_taken_for_something_done(text: str, planned: bool) -> None:
    assert [row["is_planned"] for row in events(text)] == [planned]


def test_basis_and_precision_are_kept() -> None:
    rows = events("2021年3月5日召开会议，3月9日印发方案。4月召开推进会。")
    assert [(row["date_basis"], row["date_precision"]) for row in rows] == [
        ("stated", "day"),
        ("sentence_head", "day"),
        ("window", "month"),
    ]


def test_without_any_window_the_last_year_is_carried_and_marked() -> None:
    rows = events("2021年3月5日召开会议。4月9日再次召开。", notice={})
    assert days(rows)[1] == ("2021-04-09", "2021-04-09") and rows[1]["is_ambiguous"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("1,200.5", 1200.5),
        ("二十七", 27),
        ("二百一十六", 216),
        ("十", 10),
        ("两", 2),
        ("〇", 0),
        ("二〇二四", 2024),
        ("一千二百万", 12_000_000),
        ("三千八百六十万", 38_600_000),
        ("六十八点四", 68.4),
        ("537.79亿", 53_779_000_000),
        ("1.2万", 12_000),
        ("", None),
        ("个", None),
        ("1.2.3", None),
    ],
)
def test_numbers_in_both_writings(text: str, value: float | None) -> None:
    assert read_number(text) == (pytest.approx(value) if value is not None else None)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("202 3年1 1月2 7日", "2023 年11 月27 日"),
        ("2023年1 1月，措施4 8条，217.9万元", "2023年11 月，措施48 条，217.9万元"),
        ("第1 2021年1月", "第1 2021年1月"),  # a number before a year is no part of it
        ("表1 2个问题", "表1 2个问题"),  # nothing else in the text is broken
        ("2023年1 3个月", "2023年1 3个月"),
    ],
)
def test_numbers_broken_by_blanks_are_mended_in_place(text: str, mended: str) -> None:
    """Moved blanks, same length: every quotation still stands where the ledger says."""
    assert mend_numbers(text) == mended
    assert len(mended) == len(text)
