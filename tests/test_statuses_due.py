"""Results beside due dates and outlooks: read wrongly, an open problem looks unstated or done."""

from __future__ import annotations

import pytest

from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document

FRAME = """中共巴州区水利局党组关于巡察整改情况的通报

根据区委统一部署，2021年4月8日至6月10日，区委第三巡察组对区水利局党组进行了巡察。8月26日反馈了巡察意见。现将整改情况予以公布。

（一）履行职责方面

1.关于“理论学习不够深入”的问题
（1）修订学习制度。
（2）开展专题研讨4次。
{first}

2.关于“工程监管不够严格”的问题
（1）排查在建工程20个。
（2）移交问题线索3条。
（3）修订管理办法。
{second}

3.关于“资产管理不够规范”的问题
（1）清查资产，建立台账。
{first}

中共巴州区水利局党组
2022年4月15日
"""


def read(first: str, second: str) -> list[dict]:
    return parse_notice(Document(FRAME.format(first=first, second=second))).tables["core_problems"]


@pytest.mark.parametrize(
    ("second", "due"),
    [
        ("整改进展：正在推进，预计2022年6月底前完成。", "2022年6月底前"),
        ("整改进展：正在推进，力争年底前完成。", None),
        ("完成时限：2022年6月底前（正在推进）", "2022年6月底前"),
    ],
)
def test_an_outlook_behind_a_result_is_neither_a_measure_nor_done(second: str, due: str | None) -> None:
    first = "完成时限：2021年12月底前（已完成）" if second.startswith("完成时限") else "整改进展：已完成。"
    rows = read(first, second)
    assert [(row["status_code"], row["measure_count"]) for row in rows] == [
        ("completed", 2),
        ("in_progress", 3),
        ("completed", 1),
    ]
    assert rows[1]["statement_text"] == "工程监管不够严格"
    if due:
        assert rows[1]["due_text"] == due


def test_kept_up_in_the_place_of_a_due_date_is_a_period_not_a_result() -> None:
    rows = read("完成时限：2021年12月底前（已完成）", "完成时限：长期坚持")
    assert [row["status_code"] for row in rows] == ["completed", "not_stated", "completed"]


def test_a_short_measure_behind_a_result_counts() -> None:
    text = (
        FRAME.format(first="", second="")
        .replace("（1）清查资产，建立台账。", "整改情况：已完成整改。清查资产，补记入账。")
        .replace("（1）修订学习制度。\n（2）开展专题研讨4次。", "整改情况：已完成整改。修订学习制度。")
        .replace(
            "（1）排查在建工程20个。\n（2）移交问题线索3条。\n（3）修订管理办法。",
            "整改情况：正在整改。排查在建工程20个。",
        )
    )
    rows = parse_notice(Document(text)).tables["core_problems"]
    assert [(row["status_code"], row["measure_count"]) for row in rows] == [
        ("completed", 1),
        ("in_progress", 1),
        ("completed", 1),
    ]
