"""Results told by number at the end of a notice: unread, most of a notice would look unstated."""

from __future__ import annotations

import pytest

from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document

ITEMS = "\n".join(
    f"（{number}）问题表现：{text}。\n整改情况：修订完善有关制度，开展专题培训并逐项核查。"
    for number, text in zip(
        "一二三四五",
        ["议事决策不规范", "支部长期未换届", "党费收缴不规范", "违规发放津补贴", "采购回款周期偏长"],
        strict=True,
    )
)
NOTICE = f"""中共巴州区卫生健康局党组关于巡察整改情况的通报

2017年4月11日至5月20日，区委第一巡察组对区卫生健康局党组进行了巡察，6月28日反馈了巡察情况。现将整改情况通报如下。

一、党的领导方面
{ITEMS}

{{told}}

中共巴州区卫生健康局党组
2017年12月20日
"""


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "上述5个问题中，（一）至（三）项已整改到位，（四）（五）项正在整改。",
            ["completed"] * 3 + ["in_progress"] * 2,
        ),
        (
            "上述问题中，（一）、（二）项已完成整改，并长期坚持；（三）（四）（五）项持续推进。",
            ["completed_long_term"] * 2 + ["in_progress"] * 3,
        ),
        (
            "截至目前，第2、4项正在推进，其余均已完成整改。",
            ["completed", "in_progress", "completed", "in_progress", "completed"],
        ),
    ],
)
def test_results_by_printed_number(told: str, expected: list[str]) -> None:
    rows = parse_notice(Document(NOTICE.format(told=told))).tables["core_problems"]
    assert [row["status_code"] for row in rows] == expected
    assert {row["status_basis"] for row in rows} <= {"reference", "total"}
    assert all(
        NOTICE.format(told=told)[row["status_start"] : row["status_end"]] == row["status_text"]
        for row in rows
    )
