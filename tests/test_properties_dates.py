"""A date means the same day however it is printed.

A user would lose: days from feedback to the figures, and the order of the timeline, for every
notice that leaves out a year, runs over New Year or writes its dates in Chinese numerals.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.parsing.notice import parse_notice
from tests.quality.corpus import plain_document

COMMON = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
_DIGITS = "〇一二三四五六七八九"

NOTICE = """中共郴州市统计局党组关于巡察整改情况的通报

根据市委统一部署，{inspection}，市委第三巡察组对市统计局党组开展了常规巡察。{feedback}，市委第三巡察组反馈了巡察意见。截至{cutoff}，反馈的3个问题已完成整改2个，正在推进1个。现将整改情况予以公布。

一、政治建设方面

1.理论学习不够深入，全年集中学习次数偏少。
整改情况：一是{event}召开专题会议；二是制定学习计划。
整改结果：已完成

2.统计数据审核把关不严，个别报表前后矛盾。
整改情况：一是逐表复核；二是开展培训。
整改结果：已完成

二、组织建设方面

3.干部轮岗交流不够，重点岗位人员长期没有调整。
整改情况：一是制定轮岗方案；二是已调整2人。
整改结果：正在推进

欢迎广大干部群众监督。

中共郴州市统计局党组
{signed}
"""


def han(number: int) -> str:
    """11 as 十一, 30 as 三十."""
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else _DIGITS[tens]) + "十" if tens else "") + (
        _DIGITS[ones] if ones or not tens else ""
    )


def arabic(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def spaced(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def chinese(day: date) -> str:
    return "".join(_DIGITS[int(c)] for c in str(day.year)) + f"年{han(day.month)}月{han(day.day)}日"


def wide(day: date) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in arabic(day))


def dotted(day: date) -> str:
    return f"{day.year}.{day.month}.{day.day}"


def dashed(day: date) -> str:
    return day.isoformat()


FORMS = st.sampled_from([arabic, spaced, chinese, wide, dotted, dashed])
WORDED = st.sampled_from([arabic, spaced, chinese, wide])


def elided(form, day: date) -> str:
    """The date without its year, in the same form."""
    return form(day).split("年", 1)[1].lstrip()


def notice_of(**dates: str) -> dict:
    return parse_notice(plain_document(NOTICE.format(**dates))).tables


@COMMON
@given(
    start=st.dates(date(2013, 1, 1), date(2025, 6, 1)),
    length=st.integers(15, 100),
    wait=st.integers(5, 100),
    form=FORMS,
    other=FORMS,
)
def test_a_date_with_its_year_is_read_in_every_form(start, length, wait, form, other):
    end = start + timedelta(days=length)
    feedback = end + timedelta(days=wait)
    cutoff, signed = feedback + timedelta(days=90), feedback + timedelta(days=120)
    tables = notice_of(
        inspection=f"{form(start)}至{form(end)}",
        feedback=other(feedback),
        cutoff=form(cutoff),
        event=other(feedback + timedelta(days=9)),
        signed=arabic(signed),
    )
    notice = tables["core_notices"][0]
    assert (notice["inspection_start_date"], notice["inspection_end_date"]) == (start, end)
    assert (notice["feedback_date"], notice["cutoff_date"], notice["signed_date"]) == (
        feedback,
        cutoff,
        signed,
    )
    assert feedback + timedelta(days=9) in {row["start_date"] for row in tables["core_events"]}


@COMMON
@given(
    start=st.dates(date(2013, 1, 1), date(2025, 6, 1)),
    length=st.integers(15, 100),
    wait=st.integers(5, 100),
    form=WORDED,
)
def test_an_end_without_its_year_is_the_first_such_day_after_the_beginning(start, length, wait, form):
    """Over New Year too: 11月8日至1月14日."""
    end = start + timedelta(days=length)
    feedback = end + timedelta(days=wait)
    cutoff, signed = feedback + timedelta(days=90), feedback + timedelta(days=120)
    tables = notice_of(
        inspection=f"{form(start)}至{elided(form, end)}",
        feedback=elided(form, feedback),
        cutoff=form(cutoff),
        event=arabic(feedback),
        signed=arabic(signed),
    )
    notice = tables["core_notices"][0]
    assert (notice["inspection_start_date"], notice["inspection_end_date"]) == (start, end)
    assert notice["feedback_date"] == feedback
    basis = {row["field_name"]: row["value_basis"] for row in tables["core_metadata"]}
    assert basis["feedback_date"] != "read", "an inferred year must not be passed off as read"


@COMMON
@given(year=st.integers(2013, 2025), month=st.integers(1, 12), form=WORDED)
def test_a_month_alone_is_a_whole_month(year, month, form):
    """截至3月底 and 7月反馈 are no exact days."""
    first = date(year, month, 1)
    printed = form(first)
    printed = printed[: printed.index("月") + 1]
    tables = notice_of(
        inspection=f"{arabic(first - timedelta(days=120))}至{arabic(first - timedelta(days=60))}",
        feedback=arabic(first - timedelta(days=30)),
        cutoff=f"{printed}底",
        event=printed,
        signed=arabic(first + timedelta(days=200)),
    )
    cutoff = tables["core_notices"][0]["cutoff_date"]
    assert cutoff is not None and (cutoff.year, cutoff.month) == (year, month)
    events = [
        row
        for row in tables["core_events"]
        if row["start_date"] == first and row["date_precision"] == "month"
    ]
    assert events and (events[0]["end_date"] + timedelta(days=1)).day == 1
