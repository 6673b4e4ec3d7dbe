"""What a user loses when these fail: a notice that was misread goes into the comparison unnamed."""

from __future__ import annotations

from analysis.lookups import load_csv
from analysis.parsing.doubts import NAMED
from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document

HEAD = (
    "中共某县水利局党组关于巡察整改情况的通报\n2022年3月1日至4月30日，县委第一巡察组对县水利局党组开展了常规巡察，"
    "6月2日反馈了意见。截至2022年12月1日，反馈的6个问题{totals}。现将整改情况通报如下。\n一、党的领导方面\n"
)
ITEM = "{n}.{finding}。\n整改情况：一是修订制度{n}项；二是开展培训{n}次。{result}\n"
FINDINGS = (
    "理论学习不够深入，全年仅组织学习3次，学用脱节",
    "项目管理不规范，有4个项目先施工后招标",
    "河道巡查流于形式，抽查的12条河道有5条没有巡查记录",
    "饮水工程管护缺位，3个村的水站无人值守",
    "财务报销审核不严，17张票据没有经办人签字",
    "支部换届不及时，2个支部超期两年没有换届",
)


def notice(totals: str, results: list[str]) -> dict:
    body = "".join(
        ITEM.format(n=number, finding=finding, result=result)
        for number, (finding, result) in enumerate(zip(FINDINGS, results), 1)
    )
    return parse_notice(Document(HEAD.format(totals=totals) + body)).tables["core_notices"][0]


def test_results_stated_in_total_and_none_at_the_items_are_always_named():
    row = notice("已完成整改4个，正在推进2个", ["下次会上再议此事，具体安排见会议纪要。"] * 6)
    assert "results_not_read" in row["reading_doubt_codes"].split(",")
    assert row["status_score"] < 0.8


def test_a_notice_that_says_everything_is_not_named():
    row = notice("已完成整改6个", ["该问题已完成整改。"] * 6)
    assert row["reading_doubt_codes"] == "" and min(row["reading_score"], row["status_score"]) > 0.7


def test_every_sign_has_a_name_and_a_next_step_in_both_languages():
    rows = {row["code"]: row for row in load_csv("codes/codes_reading_doubts")}
    assert {*NAMED, "low_score"} == set(rows)
    assert all(value for row in rows.values() for value in row.values())
